import type { RedisClient } from './connect.ts';

/** How many events of a type were rejected on a UTC day, and why. */
export interface RejectionCount {
  /** UTC, such as `2026-11-23`. */
  readonly day: string;
  /** As the caller named it; null where it named none. */
  readonly eventType: string | null;
  readonly reason: string;
  readonly events: number;
}

const KEPT_DAYS = 31;
const DAY_SECONDS = 86_400;
/** Names of types come from callers: what is beyond this on a day is counted under `OTHER_TYPE`. */
const MOST_FIELDS = 1_000;
export const OTHER_TYPE = '(other)';

/** Rejected events by day, type and reason, of all processes together. */
export class RejectionCounts {
  constructor(
    private readonly redis: RedisClient,
    private readonly mostFields = MOST_FIELDS,
  ) {}

  /** Of one day. @throws while Redis is away. */
  async add(day: string, counts: readonly Omit<RejectionCount, 'day'>[]): Promise<void> {
    const key = keyOf(day);
    const known = new Set(await this.redis.hkeys(key));
    const work = this.redis.multi();
    for (const { eventType, reason, events } of counts) {
      const wanted = fieldOf(eventType, reason);
      const field = known.has(wanted) || known.size < this.mostFields ? wanted : fieldOf(OTHER_TYPE, reason);
      known.add(field);
      work.hincrby(key, field, events);
    }
    const results = await work.expire(key, KEPT_DAYS * DAY_SECONDS).exec();
    if (results === null) throw new Error('Redis did not count the rejected events.');
  }

  /** Of these UTC days. Null while Redis is away. */
  async read(days: readonly string[]): Promise<RejectionCount[] | null> {
    try {
      const found = await Promise.all(days.map(async (day) => ({ day, counts: await this.redis.hgetall(keyOf(day)) })));
      return found.flatMap(({ day, counts }) =>
        Object.entries(counts).map(([field, events]) => ({ day, ...readField(field), events: Number(events) })),
      );
    } catch {
      return null;
    }
  }
}

const keyOf = (day: string) => `rejections:${day}`;

/** A reason has no space; a name may have any character. */
const fieldOf = (eventType: string | null, reason: string) => (eventType === null ? reason : `${reason} ${eventType}`);

function readField(field: string): Pick<RejectionCount, 'eventType' | 'reason'> {
  const space = field.indexOf(' ');
  return space < 0
    ? { eventType: null, reason: field }
    : { eventType: field.slice(space + 1), reason: field.slice(0, space) };
}
