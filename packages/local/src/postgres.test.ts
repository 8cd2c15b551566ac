import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { startPostgres } from './postgres.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function ask<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that is killed takes its connections with it.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

test('what was committed is there after SIGKILL, under the same address', async () => {
  await using folder = temporaryFolder();
  await using server = await startPostgres({ dataDir: join(folder.path, 'postgres') });
  const before = server.pid;
  await ask(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await server.crash();
  await server.restart();
  expect(server.pid).not.toBe(before);
  expect(await ask(server.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
});

test('opens an existing folder with new settings, also when its lock names a number that another program has now', async () => {
  await using folder = temporaryFolder();
  const dataDir = join(folder.path, 'postgres');
  const first = await startPostgres({ dataDir, settings: { fsync: 'off' } });
  await ask(first.url, 'CREATE TABLE kept ()');
  await first.stop();
  writeFileSync(join(first.dataDir, 'postmaster.pid'), `${process.pid}\n${first.dataDir}\n`);
  await using second = await startPostgres({ dataDir, settings: { fsync: 'off', max_connections: 11 } });
  expect(
    await ask(second.url, `SELECT to_regclass('kept') AS kept, current_setting('max_connections') AS most`),
  ).toEqual([{ kept: 'kept', most: '11' }]);
});

test('says which port is taken', async () => {
  await using folder = temporaryFolder();
  await using first = await startPostgres({ dataDir: join(folder.path, 'first'), settings: { fsync: 'off' } });
  const second = startPostgres({ dataDir: join(folder.path, 'second'), port: first.port, settings: { fsync: 'off' } });
  await expect(second).rejects.toThrow(`port ${first.port}: it is in use`);
});

test('an initialisation that was interrupted is begun anew', async () => {
  await using folder = temporaryFolder();
  const dataDir = join(folder.path, 'postgres');
  const whole = await startPostgres({ dataDir, settings: { fsync: 'off' } });
  await whole.stop();
  writeFileSync(`${dataDir}.unfinished`, '');
  writeFileSync(join(dataDir, 'PG_VERSION'), 'half written');
  await using server = await startPostgres({ dataDir, settings: { fsync: 'off' } });
  expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});
