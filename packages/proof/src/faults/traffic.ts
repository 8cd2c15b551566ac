import { createHash, randomUUID } from 'node:crypto';
import type { Chance } from './chance.ts';
import type { SentEvent } from './ledger-file.ts';

/** An event as it goes over the wire. */
interface WireEvent {
  readonly eventType: string;
  readonly source: 'web';
  readonly occurredAt: string;
  readonly sessionId: string;
  readonly idempotencyKey: string;
  readonly props: Readonly<Record<string, string | number>>;
}

export interface Outgoing {
  readonly wire: WireEvent;
  readonly sent: SentEvent;
}

export const AGGREGATED_TYPE = 'scrolled';
const BATCH = 50;

type Content = Pick<WireEvent, 'eventType' | 'occurredAt' | 'sessionId' | 'props'>;

/** Our own reckoning of what an event says, so that the product's hash need not be believed. */
export function contentHash({ eventType, occurredAt, sessionId, props }: Content): string {
  const sorted = Object.entries(props).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([eventType, new Date(occurredAt).toISOString(), sessionId, sorted]);
  return createHash('sha256').update(text).digest('base64url');
}

function outgoing(wire: WireEvent, valid = true): Outgoing {
  const { eventType, sessionId, idempotencyKey } = wire;
  return { wire, sent: { key: idempotencyKey, hash: contentHash(wire), eventType, sessionId, valid } };
}

const DAY_MS = 24 * 60 * 60_000;

/** A stream of batches as unruly clients send them. */
export class Traffic {
  constructor(
    private readonly chance: Chance,
    private readonly options: { readonly aggregated: boolean },
  ) {}

  /** `settled` are events that have their receipt, for repeats across batches. */
  batch(settled: readonly Outgoing[]): Outgoing[] {
    const events = [this.invalid(), this.invalid()];
    if (this.options.aggregated) events.push(...Array.from({ length: 5 }, () => this.aggregated()));
    const earlier = this.chance.pick(settled);
    if (earlier) events.push(earlier, changed(earlier, this.chance));
    // Fresh ones first and their repeats behind them, so that it is clear which of two contents the key belongs to.
    const fresh = Array.from({ length: BATCH - events.length - 2 }, () => this.fresh());
    const [first, second] = fresh;
    return [...fresh, ...(first ? [first] : []), ...(second ? [changed(second, this.chance)] : []), ...events];
  }

  fresh(): Outgoing {
    const { chance } = this;
    const number = chance.between(1, 1_000_000);
    const [eventType, props] = chance.pick([
      ['page_viewed', { path: `/p/${number}`, status: 200 }],
      ['search_performed', { query: `größe "${number}" 🙂`, resultCount: number }],
      ['cta_clicked', { ctaId: `cta-${number}`, label: 'a\\b\n' }],
    ] as const) ?? ['page_viewed', { path: '/' }];
    return outgoing({ ...this.envelope(), eventType, props });
  }

  private aggregated(): Outgoing {
    const envelope = { ...this.envelope(), occurredAt: new Date().toISOString() };
    return outgoing({ ...envelope, eventType: AGGREGATED_TYPE, props: { path: '/long', depth: 0.5 } });
  }

  private invalid(): Outgoing {
    const wire = { ...this.envelope(), eventType: 'page_viewed', props: { path: '/invalid' } };
    const wrong = this.chance.pick<Partial<WireEvent>>([
      { eventType: 'never_heard_of' },
      { props: { path: '/invalid', misspelt: 1 } },
      { props: { path: '/nul\0' } },
      { occurredAt: new Date(Date.now() + DAY_MS).toISOString() },
      { occurredAt: new Date(Date.now() - 800 * DAY_MS).toISOString() },
    ]);
    return outgoing({ ...wire, ...wrong }, false);
  }

  private envelope() {
    const ageMs = this.chance.between(0, 30 * DAY_MS);
    return {
      source: 'web' as const,
      occurredAt: new Date(Date.now() - ageMs).toISOString(),
      sessionId: `session-${this.chance.between(1, 200)}`,
      idempotencyKey: randomUUID(),
    };
  }
}

/** The same key with other content. */
function changed({ wire }: Outgoing, chance: Chance): Outgoing {
  const text = wire.eventType === 'page_viewed' ? 'path' : wire.eventType === 'cta_clicked' ? 'ctaId' : 'query';
  return outgoing({ ...wire, props: { ...wire.props, [text]: `changed-${chance.between(1, 1_000_000)}` } });
}
