import pg from 'pg';

export interface DatabaseCopy extends AsyncDisposable {
  readonly url: string;
}

/** A copy of a database that nobody is connected to, on the same server; gone afterwards. */
export async function copyOf(url: string, suffix: string): Promise<DatabaseCopy> {
  const original = new URL(url).pathname.slice(1);
  const name = `${original}_${suffix}`;
  const asAdmin = async (sql: string) => {
    const server = new URL(url);
    server.pathname = '/template1';
    const client = new pg.Client({ connectionString: server.href });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  const [to, from] = [name, original].map((each) => pg.escapeIdentifier(each));
  await asAdmin(`CREATE DATABASE ${to} TEMPLATE ${from} STRATEGY file_copy`);
  const copy = new URL(url);
  copy.pathname = `/${name}`;
  return { url: copy.href, [Symbol.asyncDispose]: () => asAdmin(`DROP DATABASE ${to} WITH (FORCE)`) };
}
