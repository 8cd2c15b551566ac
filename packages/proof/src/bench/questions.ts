import { DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import type { Caller } from './question-caller.ts';

interface AskedPeriod {
  readonly from: string;
  readonly to: string;
}

export interface Question {
  readonly name: string;
  /** Whether it reads facts or events, because no read model has the answer. */
  readonly raw: boolean;
  readonly ask: (caller: Caller, period: AskedPeriod) => Promise<unknown>;
}

const modelled = (name: string, ask: Question['ask']): Question => ({ name, raw: false, ask });
const raw = (name: string, ask: Question['ask']): Question => ({ name, raw: true, ask });

const FUNNEL = ['page_viewed', 'asset_viewed', 'cart_item_added', 'license_signed'].map((eventType) => ({ eventType }));
const PAID = [{ field: 'channel', op: 'is', value: 'paid' }] as const;

/** Every question there is, as people ask it. */
export const questions: readonly Question[] = [
  modelled('stats.overview', ({ stats }, period) => stats.overview(period)),
  modelled('stats.byTenant', ({ stats }, period) => stats.byTenant({ ...period, tenantId: DEFAULT_TENANT_ID })),
  modelled('stats.timeseries of events', ({ stats }, period) => stats.timeseries(period)),
  modelled('stats.timeseries of visitors', ({ stats }, period) => stats.timeseries({ ...period, metric: 'visitors' })),
  modelled('stats.timeseries of sessions', ({ stats }, period) => stats.timeseries({ ...period, metric: 'sessions' })),
  modelled('stats.timeseries of one type', ({ stats }, period) =>
    stats.timeseries({ ...period, eventType: 'asset_viewed', timeZone: 'Asia/Kolkata' }),
  ),
  modelled('stats.breakdown by page', ({ stats }, period) => stats.breakdown({ ...period, by: 'page' })),
  modelled('stats.breakdown by channel', ({ stats }, period) => stats.breakdown({ ...period, by: 'channel' })),
  modelled('stats.breakdown of sessions by channel', ({ stats }, period) =>
    stats.breakdown({ ...period, by: 'channel', metric: 'sessions' }),
  ),
  modelled('stats.breakdown by event_type', ({ stats }, period) => stats.breakdown({ ...period, by: 'event_type' })),
  modelled('stats.daily', ({ stats }, period) => stats.daily(period)),
  modelled('stats.business', ({ stats }) => stats.business({})),
  modelled('stats.entities', ({ stats }, period) => stats.entities({ ...period, entityType: 'asset' })),
  modelled('campaigns.impressions', ({ campaigns }, period) => campaigns.impressions(period)),
  modelled('campaigns.conversions', ({ campaigns }, period) => campaigns.conversions(period)),
  modelled('campaigns.statistics', ({ campaigns }, period) => campaigns.statistics(period)),
  raw('stats.overview of a channel', ({ stats }, period) => stats.overview({ ...period, filter: [...PAID] })),
  raw('stats.timeseries of a channel', ({ stats }, period) => stats.timeseries({ ...period, filter: [...PAID] })),
  raw('stats.breakdown of visitors by page', ({ stats }, period) =>
    stats.breakdown({ ...period, by: 'page', metric: 'visitors', eventType: 'page_viewed' }),
  ),
  raw('stats.breakdown by a prop', ({ stats }, period) =>
    stats.breakdown({ ...period, by: 'prop:position', eventType: 'license_viewed' }),
  ),
  raw('stats.funnel of 4 steps', ({ stats }, period) => stats.funnel({ ...period, steps: FUNNEL })),
  raw('stats.retention', ({ stats }, period) =>
    stats.retention({
      ...period,
      unit: Date.parse(period.to) - Date.parse(period.from) > 31 * 86_400_000 ? 'month' : 'day',
    }),
  ),
  raw('stats.paths', ({ stats }, period) => stats.paths({ ...period, at: { page: '/page/3' } })),
  raw('events.search', ({ events }, period) => events.search(period)),
  raw('events.search with a prop', ({ events }, period) =>
    events.search({ ...period, eventTypes: ['page_viewed'], props: { path: { is: '/page/1900' } } }),
  ),
];
