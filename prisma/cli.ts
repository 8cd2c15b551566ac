#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { addSchema } from './host-schema.ts';
import { migrate } from './migrate.ts';
import { makeSiteKey } from './site-key.ts';

const USAGE = `tallymark schema [folder]    puts the models and migrations into your prisma folder (default: prisma)
tallymark migrate [folder]   applies the migrations of that folder to DATABASE_URL, as "prisma migrate deploy" does, and
                             makes the partitions of the coming months; without a folder, Tallymark's migrations alone
tallymark key [site]         makes a public key for browsers, of the default site or the one with that id, and prints it`;

async function main([command, given]: readonly string[]): Promise<void> {
  // As Next.js does for the app; what is set already wins.
  if (existsSync('.env')) process.loadEnvFile('.env');
  if (command === 'schema') {
    const { schema, migrations } = await addSchema(given ?? 'prisma');
    console.log(`${schema}: the models`);
    for (const name of migrations) console.log(`${name}: a new migration`);
    console.log('Next: npx prisma generate && npx tallymark migrate prisma/migrations');
  } else if (command === 'migrate') {
    const databaseUrl = databaseUrlOf(process.env);
    if (given && !existsSync(given)) throw new Error(`There is no folder ${given}. Run "tallymark schema" first.`);
    const migrations = given ? pathToFileURL(`${resolve(given)}/`) : undefined;
    const applied = await migrate(databaseUrl, { migrations });
    for (const name of applied) console.log(name);
    if (applied.length === 0) console.log('up to date');
  } else if (command === 'key') {
    console.log(await makeSiteKey(databaseUrlOf(process.env), given));
  } else {
    throw new Error(USAGE);
  }
}

function databaseUrlOf({ DATABASE_URL }: NodeJS.ProcessEnv): string {
  if (!DATABASE_URL)
    throw new Error('DATABASE_URL is not set, neither in the environment nor in .env: which database is it?');
  return DATABASE_URL;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
