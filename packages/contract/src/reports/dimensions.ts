/** What reports can be broken down by without reading events: one answer an event, empty where it has none. */
export const DIMENSIONS = [
  'source',
  'service',
  'channel',
  'referrer_domain',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_content',
  'utm_term',
  'device_type',
  'browser',
  'os',
  'language',
  'country',
  'page',
  'entity_type',
] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What sessions can be broken down by: what their first event said. */
export const SESSION_DIMENSIONS = [
  'channel',
  'referrer_domain',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'device_type',
  'browser',
  'os',
  'country',
  'entry_page',
  'exit_page',
] as const;
export type SessionDimension = (typeof SESSION_DIMENSIONS)[number];
