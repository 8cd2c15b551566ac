import { randomUUID } from 'node:crypto';
import { DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { markDuplicates } from '@tallymark/prisma/stores/duplicates-mark';
import { unmarkDuplicates } from '@tallymark/prisma/stores/duplicates-unmark';
import { appendEventLog } from '@tallymark/prisma/stores/event-log';
import fc from 'fast-check';
import { type EnrichmentWorld, store } from './enrichment-world.ts';
import { type HistoryEvent, historyEvent, historyRow } from './history-events.ts';

const place = fc.nat({ max: 30 });

/** What becomes of events. A place names one of those stored so far, counted round and round. */
export const historyStep = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('store' as const),
      events: fc.array(historyEvent, { minLength: 1, maxLength: 6 }),
      enriched: fc.constantFrom(true, true, false),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('enrich' as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('mark' as const), event: place, original: place }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('unmark' as const), event: place }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('erase' as const), event: place }) },
);
export type HistoryStep = typeof historyStep extends fc.Arbitrary<infer Step> ? Step : never;

/** Events on two sites of their own, and what becomes of them. */
export class History {
  readonly sites = [randomUUID(), randomUUID()];
  private readonly stored: string[] = [];
  private waiting: string[] = [];

  constructor(private readonly world: EnrichmentWorld) {}

  async begin(): Promise<void> {
    await this.world.prisma.site.createMany({
      data: this.sites.map((id) => ({ id, tenantId: DEFAULT_TENANT_ID, name: 'a site of a history' })),
    });
  }

  async take(step: HistoryStep): Promise<void> {
    if (step.does === 'store') return this.store(step.events, step.enriched);
    if (step.does === 'enrich') return this.enrich();
    const event = this.at(step.event);
    if (event === undefined) return;
    if (step.does === 'mark') {
      const duplicateOf = this.at(step.original) ?? event;
      await markDuplicates(this.world.prisma, randomUUID(), [{ id: event, duplicateOf }]);
    } else if (step.does === 'unmark') await unmarkDuplicates(this.world.prisma, [event]);
    else await this.erase(event);
  }

  private at(place: number): string | undefined {
    return this.stored[place % this.stored.length];
  }

  private async store(events: readonly HistoryEvent[], enriched: boolean): Promise<void> {
    const ids = await store(
      this.world.prisma,
      events.map((event) => historyRow(event, this.sites)),
    );
    this.stored.push(...ids);
    this.waiting.push(...ids);
    if (enriched) await this.enrich();
  }

  private async enrich(): Promise<void> {
    await this.world.enrichment.enrichEvents(this.waiting);
    this.waiting = [];
  }

  private async erase(id: string): Promise<void> {
    await this.world.prisma.$transaction(async (tx) => {
      await appendEventLog(tx, 'erased', [id]);
      await tx.attribution.deleteMany({ where: { eventId: id } });
      await tx.event.deleteMany({ where: { id } });
    });
  }
}
