import type { Random } from './random.ts';
import type { Source } from './sources.ts';
import { EVENTS, type HistoryEvent } from './visit-log.ts';

const HOUR_MS = 3_600_000;

/** The showings of a campaign behind a visit, as the network reports them: by nobody in particular, for money. */
export function showCampaign(random: Random, source: Source, beforeMs: number, key: () => string): HistoryEvent[] {
  const { campaignId, influencerId, impression } = source;
  if (!campaignId || !impression) return [];
  const props = {
    campaignId,
    ...(influencerId && { influencerId, placement: 'story' }),
    costCents: impression.costCents,
  };
  return Array.from({ length: impression.aVisit }, () => {
    const atMs = beforeMs - random.int(1_000, 6 * HOUR_MS);
    const input = EVENTS.impression(campaignId, props, { idempotencyKey: key(), occurredAt: new Date(atMs) });
    return { atMs, input };
  });
}
