import { readdir, readFile } from 'node:fs/promises';
import { ColumnTypeEnum, type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { openSchemaEngine } from '../schema-engine.ts';
import { WholeScriptPg } from '../schema-engine-adapter.ts';

const SCHEMA = new URL('../schema/', import.meta.url);
const CHAR_OID = 18;
const TEXT_OID = 25;

/** The statements `prisma migrate diff` would run to bring the database to the schema, each on one line. */
export async function diffToSchema(databaseUrl: string): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
  const engine = await openSchemaEngine(new CatalogPg(pool, presentCharAsText(pool)));
  try {
    const names = (await readdir(SCHEMA)).sort();
    const files = await Promise.all(
      names.map(async (path) => ({ path, content: await readFile(new URL(path, SCHEMA), 'utf8') })),
    );
    const { stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: SCHEMA.pathname },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return statements(stdout ?? '');
  } finally {
    engine.free();
    await pool.end();
  }
}

function statements(script: string): string[] {
  const sql = script.replaceAll(/^--.*$/gm, '').replaceAll(/\s+/g, ' ');
  return sql.split(';').flatMap((statement) => statement.trim() || []);
}

/** PrismaPg refuses the catalog's type "char", which the engine reads. Returns the names of such columns as they come. */
function presentCharAsText(pool: pg.Pool): Set<string> {
  const columns = new Set<string>();
  const query = pool.query.bind(pool) as (config: unknown) => Promise<pg.QueryResult>;
  pool.query = (async (config: unknown) => {
    const result = await query(config);
    for (const field of result.fields ?? []) {
      if (field.dataTypeID !== CHAR_OID) continue;
      field.dataTypeID = TEXT_OID;
      columns.add(field.name);
    }
    return result;
  }) as pg.Pool['query'];
  return columns;
}

class CatalogPg extends WholeScriptPg {
  readonly #charColumns: ReadonlySet<string>;

  constructor(pool: pg.Pool, charColumns: ReadonlySet<string>) {
    super(pool);
    this.#charColumns = charColumns;
  }

  override async connect(): Promise<SqlDriverAdapter> {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (params) => {
      const result = await queryRaw(params);
      const columnTypes = result.columnTypes.map((type, at) =>
        this.#charColumns.has(result.columnNames[at] ?? '') ? ColumnTypeEnum.Character : type,
      );
      return { ...result, columnTypes };
    };
    return adapter;
  }
}
