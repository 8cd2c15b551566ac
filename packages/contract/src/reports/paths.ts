import { z } from 'zod';
import { answeredScope, reportScope } from './scope.ts';
import { storedText } from './stored-text.ts';

const text = storedText(500).min(1);

export const pathsInput = reportScope.extend({
  /** Where paths begin, or end: a page by its path, with `*` at its end whatever begins so; or an event type. */
  at: z.union([z.strictObject({ page: text }), z.strictObject({ eventType: text.max(100) })]),
  /** What comes after it, or what came before. */
  direction: z.enum(['after', 'before']).default('after'),
  /** What paths are made of: views of pages, or events of any type. */
  of: z.enum(['pages', 'events']).default('pages'),
  /** Levels beside that of `at`. */
  depth: z.int().min(1).max(5).default(3),
  /** Nodes of a level that are told apart; the rest are one node. */
  top: z.int().min(1).max(50).default(8),
});
export type PathsInput = z.infer<typeof pathsInput>;

const node = z.object({
  /** Unique in the answer. */
  id: z.string(),
  /** `value`: a page or an event type; `other`: all that are not among the top of the level; `end`: the session is over. */
  kind: z.enum(['value', 'other', 'end']),
  /** The page or event type; null for `other` and `end`. */
  value: z.string().nullable(),
  sessions: z.int(),
});
export type PathNode = z.infer<typeof node>;

/**
 * Each session is one path: from the first time that it was at `at` on, or back. The same node several times in a row is
 * one. What enters a node is its sessions, and so is what leaves it, but for nodes of the last level and ends. Sessions
 * are those whose events were kept: they have no weight where events were sampled.
 */
export const pathsAnswer = answeredScope.extend({
  direction: z.enum(['after', 'before']),
  of: z.enum(['pages', 'events']),
  /** Sessions that were at `at`. */
  sessions: z.int(),
  /** Level 0 is `at` alone, each further one a step away from it; the most sessions first, `other` and `end` last. */
  levels: z.array(z.object({ level: z.int(), nodes: z.array(node) })),
  links: z.array(
    z.object({
      /** The level of `from`; `to` is on the next. */
      level: z.int(),
      /** The node nearer to `at`: with direction `before`, the later one. */
      from: z.string(),
      to: z.string(),
      sessions: z.int(),
    }),
  ),
  /** Events that are `at` but of no session, so that they are in no path. */
  eventsWithoutSession: z.int(),
});
export type PathsAnswer = z.infer<typeof pathsAnswer>;
