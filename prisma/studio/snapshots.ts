import { z } from 'zod';
import type { SqlExecutor } from '../sql-executor.ts';

/** What the demo host's entities look like, for snapshots; whoever an entity belongs to is left out. */
type Facts = Readonly<Record<string, string | number | null>>;
type Reader = (db: SqlExecutor, ids: readonly string[]) => Promise<ReadonlyMap<string, Facts>>;

const time = z.date().transform((date) => date.toISOString());

const asset = z.object({
  id: z.string(),
  title: z.string(),
  assetType: z.string(),
  priceCents: z.int(),
  status: z.string(),
});

const license = z.object({
  id: z.string(),
  assetId: z.string(),
  terms: z.string(),
  territory: z.string(),
  feeCents: z.int(),
  startsAt: time,
  endsAt: time.nullable(),
  signedAt: time.nullable(),
});

const project = z.object({ id: z.string(), name: z.string(), createdAt: time, completedAt: time.nullable() });

const payout = z.object({ id: z.string(), amountCents: z.int(), paymentMethod: z.string(), status: z.string() });

/** By entity type, for the `snapshotReaders` of ingestion and enrichment. An id that is no uuid belongs to nothing. */
export const studioSnapshotReaders = {
  asset: reader(
    asset,
    (db, ids) => db.$queryRaw`
      SELECT id, title, asset_type AS "assetType", price_cents AS "priceCents", status
      FROM ip_assets WHERE id = ANY (${ids}::uuid[])`,
  ),
  license: reader(
    license,
    (db, ids) => db.$queryRaw`
      SELECT id, asset_id AS "assetId", terms, territory, fee_cents AS "feeCents", starts_at AS "startsAt",
             ends_at AS "endsAt", signed_at AS "signedAt"
      FROM licenses WHERE id = ANY (${ids}::uuid[])`,
  ),
  project: reader(
    project,
    (db, ids) => db.$queryRaw`
      SELECT id, name, created_at AS "createdAt", completed_at AS "completedAt"
      FROM projects WHERE id = ANY (${ids}::uuid[])`,
  ),
  payout: reader(
    payout,
    (db, ids) => db.$queryRaw`
      SELECT id, amount_cents AS "amountCents", payment_method AS "paymentMethod", status
      FROM payouts WHERE id = ANY (${ids}::uuid[])`,
  ),
} satisfies Readonly<Record<string, Reader>>;

function reader<Row extends Facts & { readonly id: string }>(
  schema: z.ZodType<Row>,
  select: (db: SqlExecutor, ids: string[]) => Promise<unknown>,
): Reader {
  return async (db, ids) => {
    const uuids = ids.filter((id) => z.guid().safeParse(id).success);
    if (uuids.length === 0) return new Map();
    const rows = z.array(schema).parse(await select(db, uuids));
    const byId = new Map(rows.map(({ id, ...facts }): [string, Facts] => [id, facts]));
    // Postgres answers in lower case, whatever case the event has.
    return new Map(
      uuids.flatMap((id) => {
        const facts = byId.get(id.toLowerCase());
        return facts ? [[id, facts] as const] : [];
      }),
    );
  };
}
