import type { EnrichmentEvent, StreamPlace } from '@tallymark/prisma/stores/enrichment-events';

/** The events whose order makes sessions: those of one session id on a site, or of one visitor where none was sent. */
export interface Stream {
  readonly siteId: string;
  readonly by: StreamPlace['by'];
  readonly name: string;
}

/** Null for an event that names neither session nor visitor: it stands alone. */
export function streamOf(event: Pick<EnrichmentEvent, 'siteId' | 'sessionId' | 'visitorId'>): Stream | null {
  const { siteId, sessionId, visitorId } = event;
  if (sessionId !== null) return { siteId, by: 'session', name: sessionId };
  return visitorId === null ? null : { siteId, by: 'visitor', name: visitorId };
}

export const streamKey = ({ siteId, by, name }: Stream) => `${siteId} ${by} ${name}`;
