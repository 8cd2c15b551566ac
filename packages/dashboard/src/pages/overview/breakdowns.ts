import type { BreakdownInput } from '@tallymark/contract/reports/breakdown';
import type { FilterField } from '@tallymark/contract/reports/filter';

export interface BreakdownTab {
  readonly by: BreakdownInput['by'];
  readonly label: string;
  readonly metric: 'events' | 'visitors' | 'sessions';
  /** What a click on a value filters by; nothing where sessions alone know it. */
  readonly filter?: FilterField;
  /** What has no value is left out: most events that are no page view have no page. */
  readonly onlyNamed?: boolean;
}

export interface Breakdown {
  readonly title: string;
  readonly tabs: readonly [BreakdownTab, ...BreakdownTab[]];
}

export const BREAKDOWNS: readonly Breakdown[] = [
  {
    title: 'Pages',
    tabs: [
      { by: 'page', label: 'Top', metric: 'events', filter: 'page', onlyNamed: true },
      { by: 'entry_page', label: 'Entry', metric: 'sessions' },
      { by: 'exit_page', label: 'Exit', metric: 'sessions' },
    ],
  },
  {
    title: 'Referrers',
    tabs: [{ by: 'referrer_domain', label: 'Site', metric: 'sessions', filter: 'referrer_domain' }],
  },
  {
    title: 'Channels',
    tabs: [
      { by: 'channel', label: 'Channel', metric: 'sessions', filter: 'channel' },
      { by: 'utm_source', label: 'Source', metric: 'sessions', filter: 'utm_source' },
      { by: 'utm_medium', label: 'Medium', metric: 'sessions', filter: 'utm_medium' },
    ],
  },
  {
    title: 'Devices',
    tabs: [
      { by: 'device_type', label: 'Type', metric: 'sessions', filter: 'device_type' },
      { by: 'browser', label: 'Browser', metric: 'sessions', filter: 'browser' },
      { by: 'os', label: 'System', metric: 'sessions', filter: 'os' },
    ],
  },
  {
    title: 'Countries',
    tabs: [
      { by: 'country', label: 'Of the language', metric: 'sessions', filter: 'country' },
      { by: 'language', label: 'Language', metric: 'events', filter: 'language' },
    ],
  },
  {
    title: 'Campaigns',
    tabs: [{ by: 'utm_campaign', label: 'Campaign', metric: 'sessions', filter: 'utm_campaign' }],
  },
  {
    title: 'Events',
    tabs: [{ by: 'event_type', label: 'Type', metric: 'events', filter: 'event_type' }],
  },
];
