import { SESSION_DIMENSIONS } from '@tallymark/contract/reports/dimensions';
import { leaveKeptSessions } from '@tallymark/prisma/stores/fold-session-rollups';
import { foldSessions } from '@tallymark/prisma/stores/fold-sessions';
import type { Projection } from '../projection.ts';

/** Every session, and sums over them by the UTC day and month they began on, by one dimension at a time. */
export const sessionsProjection: Projection = {
  name: 'sessions',
  version: 1,
  eventTypes: null,
  tables: [
    { name: 'sessions', time: 'started_at' },
    { name: 'session_days', time: 'day' },
    { name: 'session_months', time: 'month' },
  ],
  fold: (tx, fold) =>
    foldSessions(
      tx,
      {
        sessions: fold.table('sessions'),
        days: fold.table('session_days'),
        months: fold.table('session_months'),
      },
      SESSION_DIMENSIONS,
      fold,
    ),
  leaveKept: (tx, { since, table }) =>
    leaveKeptSessions(
      tx,
      {
        live: 'sessions',
        sessions: table('sessions'),
        days: table('session_days'),
        months: table('session_months'),
      },
      SESSION_DIMENSIONS,
      since,
    ),
};
