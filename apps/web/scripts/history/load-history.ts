import type { EventIngestionService, IngestInput } from '@tallymark/analytics/ingest/service';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { PrismaClient } from '@tallymark/prisma/client';
import type { History } from './make-history.ts';

const EVENTS_AT_ONCE = 500;
const ATTEMPTS = 5;
const YEAR_MS = 365 * 86_400_000;

interface Loading {
  readonly prisma: PrismaClient;
  readonly eventIngestion: Pick<EventIngestionService<DemoPlan>, 'ingestBatch'>;
  readonly report: (line: string) => void;
}

/** Writes what the studio did, and sends its events the usual way. What is there already stays as it is. */
export async function loadHistory({ prisma, eventIngestion, report }: Loading, history: History): Promise<number> {
  await prisma.license.createMany({
    skipDuplicates: true,
    data: history.licenses.map(({ id, asset, licensee, terms, territory, feeCents, atMs }) => ({
      ...{ id, assetId: asset.id, licensee, feeCents },
      ...{ terms: terms.label, territory: territory.label },
      ...{ startsAt: new Date(atMs), signedAt: new Date(atMs), createdAt: new Date(atMs) },
      endsAt: terms.id === 'all' ? null : new Date(atMs + YEAR_MS),
    })),
  });
  const downloads = history.downloads.map(({ atMs, ...row }) => ({ ...row, format: 'svg', createdAt: new Date(atMs) }));
  await prisma.download.createMany({ skipDuplicates: true, data: downloads });
  const payouts = history.payouts.map(({ atMs, ...payout }) => ({ ...payout, createdAt: new Date(atMs) }));
  await prisma.payout.createMany({ skipDuplicates: true, data: payouts });

  const inputs = history.events.map(({ input }) => input);
  let accepted = 0;
  for (let at = 0; at < inputs.length; at += EVENTS_AT_ONCE) {
    accepted += await send(eventIngestion, inputs.slice(at, at + EVENTS_AT_ONCE));
  }
  report(`history: ${accepted} of ${inputs.length} events added`);
  return accepted;
}

/** Each event carries its key and time, so that sending it again counts it once. */
async function send(eventIngestion: Loading['eventIngestion'], inputs: readonly IngestInput<DemoPlan>[]) {
  let rest = inputs;
  let accepted = 0;
  for (let attempt = 1; rest.length > 0; attempt += 1) {
    const receipts = await eventIngestion.ingestBatch(rest);
    accepted += receipts.filter(({ status }) => status === 'accepted').length;
    const refused = receipts.find((receipt) => receipt.status === 'rejected' && !receipt.retryable);
    if (refused) throw new Error(`An event of the history was refused: ${JSON.stringify(refused)}`);
    rest = rest.filter((_, index) => receipts[index]?.status === 'rejected');
    if (rest.length > 0 && attempt === ATTEMPTS) {
      throw new Error('The stores did not take the history. Start again once Postgres and Redis are well.');
    }
  }
  return accepted;
}
