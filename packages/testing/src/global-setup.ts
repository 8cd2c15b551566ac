import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startOwnServices } from './services.ts';
import type { SharedServices } from './shared-services.ts';

const MAX_CONNECTIONS = 300;

/** One Postgres and one Redis for the whole run; test files clone databases and take key prefixes. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await startOwnServices({ postgres: { max_connections: MAX_CONNECTIONS } });
  const template = new URL(services.databaseUrl);
  const templateName = template.pathname.slice(1);
  const admin = new URL(template);
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  // Cloning is refused while anybody is connected to the original.
  await client.query(`ALTER DATABASE ${client.escapeIdentifier(templateName)} WITH ALLOW_CONNECTIONS false`);
  await client.end();
  const shared: SharedServices = { adminUrl: admin.href, templateName, redisUrl: services.redisUrl };
  project.provide('services', shared);
  return async () => {
    await services[Symbol.asyncDispose]();
  };
}
