import type { Alert } from '@tallymark/contract/alerts';
import { METRICS } from '../overview/metrics.ts';
import { OVERVIEW_FIGURES } from './measures.ts';
import { readSource } from './read-source.ts';

/** Where the dashboard shows what a question asks; by the beginning of its name. */
const PAGES_OF_QUESTIONS = [
  { begins: 'stats.funnel', path: 'funnels', title: 'Funnels' },
  { begins: 'stats.retention', path: 'retention', title: 'Retention' },
  { begins: 'stats.paths', path: 'paths', title: 'Paths' },
  { begins: 'stats.entit', path: 'assets', title: 'Assets' },
  { begins: 'campaigns.', path: 'campaigns', title: 'Campaigns' },
  { begins: 'events.', path: 'events', title: 'Events' },
  { begins: '', path: '', title: 'Overview' },
] as const;
const MINUTE_MS = 60_000;
const SEPARATOR = ';';

interface MoreLink {
  /** The page, and what its address says after `?`. */
  readonly path: string;
  readonly search: string;
  readonly title: string;
}

/** The page that shows more of what a rule has measured: with its filters, of the very window that decided. */
export function moreLink({ source, siteId, windowMinutes, evaluatedAt }: Alert): MoreLink {
  if (source.kind === 'pipeline') return { path: 'pipeline', search: '', title: 'Pipeline' };
  const { question } = source;
  const { path, title } = PAGES_OF_QUESTIONS.find(({ begins }) => question.startsWith(begins)) ?? PAGES_OF_QUESTIONS[0];
  const { measure, eventType, filter, segmentId, bots } = readSource(source);
  const shown = new URLSearchParams(siteId ? { site: siteId } : {});
  if (evaluatedAt) {
    shown.set('period', 'custom');
    shown.set('from', new Date(Date.parse(evaluatedAt) - windowMinutes * MINUTE_MS).toISOString());
    shown.set('to', evaluatedAt);
  }
  if (measure !== 'question') {
    shown.set('bots', bots);
    if (segmentId) shown.set('segment', segmentId);
    const ofType = eventType ? [{ field: 'event_type', op: 'is', value: eventType }] : [];
    const conditions = [...ofType, ...filter].map(writeForAddress);
    if (conditions.length > 0) shown.set('f', conditions.join(SEPARATOR));
    const entry = OVERVIEW_FIGURES.find(({ figure }) => figure === measure);
    const metric = METRICS.find((one) => one === (entry && 'metric' in entry ? entry.metric : 'events'));
    if (metric) shown.set('metric', metric);
  }
  return { path, search: shown.toString(), title };
}

/** As `useScope` reads it: `field~op~value`, a separator in it escaped. */
function writeForAddress({ field, op, value }: { field: string; op: string; value?: unknown }): string {
  const parts = [
    field,
    op,
    ...(value === undefined ? [] : [typeof value === 'string' ? value : JSON.stringify(value)]),
  ];
  return parts.join('~').replaceAll(SEPARATOR, encodeURIComponent(SEPARATOR));
}
