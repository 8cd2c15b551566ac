import type { SoldLicense } from './browse.ts';
import { newPerson, type Person } from './people.ts';
import { type Random, randomFrom } from './random.ts';
import type { Day } from './sources.ts';
import { EVENTS, type HistoryEvent, VisitLog } from './visit-log.ts';

export interface Owner {
  readonly userId: string;
  readonly role: string;
}

export interface HistoryPayout {
  readonly id: string;
  readonly recipientId: string;
  readonly amountCents: number;
  readonly paymentMethod: string;
  readonly status: 'completed' | 'failed';
  readonly atMs: number;
}

interface OwnersDay {
  readonly owner: Owner;
  readonly day: Day;
  /** Sold and paid so far. */
  readonly licenses: readonly SoldLicense[];
  readonly payouts: readonly HistoryPayout[];
  readonly key: () => string;
}

const FRIDAY = 5;
const HOUR_MS = 3_600_000;
const OWNER_SHARE = 0.7;
const PAYPAL_MOST_CENTS = 50_000;

/** An owner logs in on working days, and has the earnings of the week paid out on Fridays. */
export function ownersDay(random: Random, { owner, day, licenses, payouts, key }: OwnersDay) {
  const { weekday, start } = day;
  const nothing = { events: [] as readonly HistoryEvent[], payout: null };
  if (weekday === 0 || weekday === 6 || random.chance(0.15)) return nothing;
  const { userId } = owner;
  const startMs = start + 8 * HOUR_MS + random.int(0, 2 * HOUR_MS);
  const visit = {
    person: deviceOf(userId),
    source: {},
    sessionId: random.uuid(),
    landing: '/login',
    startMs,
    key: key(),
  };
  const log = new VisitLog({ ...visit, user: owner });
  const page = (path: string, title: string) =>
    log.web((at) => EVENTS.pageViewed({ path, title: `${title} · Tallymark Studio` }, at));
  page('/login', 'Log in');
  log.wait(9_000).server((at) => EVENTS.userLogin(userId, { loginMethod: 'password', success: true }, at));
  log.wait(600);
  page('/payouts', 'Payouts');
  if (weekday !== FRIDAY) return { events: log.events, payout: null };
  log.wait(15_000);
  const earned = sum(
    licenses.filter(({ asset, atMs }) => asset.ownerId === userId && atMs < log.atMs),
    ({ feeCents }) => feeCents,
  );
  const paid = sum(
    payouts.filter(({ recipientId, status }) => recipientId === userId && status === 'completed'),
    ({ amountCents }) => amountCents,
  );
  const amountCents = Math.floor(earned * OWNER_SHARE) - paid;
  if (amountCents < 1_000) return { events: log.events, payout: null };
  const failed = amountCents > PAYPAL_MOST_CENTS && random.chance(0.25);
  const payout: HistoryPayout = {
    id: random.uuid(),
    recipientId: userId,
    amountCents,
    paymentMethod: failed ? 'paypal' : 'bank_transfer',
    status: failed ? 'failed' : 'completed',
    atMs: log.atMs,
  };
  const props = { amount_cents: amountCents, payment_method: payout.paymentMethod, recipientId: userId };
  log.server((at) =>
    failed
      ? EVENTS.payoutFailed(payout.id, { ...props, failureReason: 'amount_over_limit' }, at)
      : EVENTS.payoutCompleted(payout.id, props, at),
  );
  return { events: log.events, payout };
}

/** Each owner works at the same machine every day. */
function deviceOf(userId: string): Person {
  return newPerson(randomFrom([...userId].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) | 0, 7)));
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number) =>
  items.reduce((total, item) => total + of(item), 0);
