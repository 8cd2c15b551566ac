import pg from 'pg';
import { expect, test } from 'vitest';
import { cloneDatabase } from './database.ts';

async function connectTo(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, application_name: 'forgetful' });
  // Dropping the database by force ends the connection.
  client.on('error', () => {});
  await client.connect();
  return client;
}

test('worlds do not see each other, and start with all migrations applied', async () => {
  await using first = await cloneDatabase();
  await using second = await cloneDatabase();
  const [one, two] = await Promise.all([connectTo(first.url), connectTo(second.url)]);
  await one.query('CREATE TABLE mine ()');
  const { rows } = await two.query(`SELECT to_regclass('mine') AS mine, to_regclass('_prisma_migrations') AS history`);
  expect(rows).toEqual([{ mine: null, history: '_prisma_migrations' }]);
  await Promise.all([one.end(), two.end()]);
});

test('a connection that is left open is named, and the database goes all the same', async () => {
  const database = await cloneDatabase();
  const client = await connectTo(database.url);
  await client.query('SELECT 42');
  await expect(database[Symbol.asyncDispose]()).rejects.toThrow(/forgetful, idle, last query: SELECT 42/);
  await expect(connectTo(database.url)).rejects.toThrow('does not exist');
});
