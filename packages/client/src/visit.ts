import type { AttributionInput } from '@tallymark/contract/event-input';
import type { Kept } from './kept.ts';
import { randomId } from './random-id.ts';
import type { CurrentVisit } from './types.ts';

/** A session ends with this much silence. */
const SESSION_SILENCE_MS = 30 * 60_000;

/** Parameters that say who sent a visitor. The server knows what each proves. No other one leaves the page. */
const TELLING =
  /^(utm_(source|medium|campaign|content|term)|gclid|gbraid|wbraid|dclid|msclkid|ttclid|twclid|yclid|sccid|rdt_cid|fbclid|igshid|igsh|li_fat_id|epik)$/i;
export const LONGEST_URL = 2_000;
/** What the server takes for a visitor's id. */
const VISITOR = /^[\w-]{8,64}$/;

/** Where a session came from: its first touch, sent along with each of its events. */
type Touch = Pick<AttributionInput, 'referrer' | 'landingPage'>;

/** What the page is seen with; sent along with each event. */
export function surroundings(): Pick<AttributionInput, 'language' | 'timeZone' | 'viewport'> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const language = navigator.language?.slice(0, 35);
  return { ...(language && { language }), timeZone, viewport: `${innerWidth}x${innerHeight}` };
}

export interface Visit {
  readonly sessionId: string;
  readonly touch: Touch;
}

/**
 * How the page was come to, told once: to the first session of the page, even when that begins on another path, behind a
 * consent. A session that begins after half an hour of silence comes from nowhere.
 */
let arrival: Touch | null | undefined;

/** Called as the page begins, before anything changes its address. */
export function arrive(): void {
  if (arrival === undefined) arrival = touchOf(document.referrer);
}

/** The session that goes on at `now`, or a new one after half an hour of silence. */
export function visitAt(kept: Kept, now: number): Visit {
  const visit = goingOn(kept, now) ?? { sessionId: randomId(), touch: arrival ?? touchOf('') };
  arrival = null;
  kept.set('visit', JSON.stringify({ sessionId: visit.sessionId, touch: visit.touch, lastAt: now }));
  return visit;
}

/** What `visitAt` would go on with; it changes nothing. */
export function currentVisit(kept: Kept, now: number): CurrentVisit | null {
  const visitorId = kept.get('visitor');
  const visit = goingOn(kept, now);
  if (!visitorId || !visit) return null;
  return { visitorId, sessionId: visit.sessionId, landingPage: visit.touch?.landingPage };
}

function goingOn(kept: Kept, now: number): Visit | null {
  const last = parse(kept.get('visit'));
  // A clock that was set back is no silence.
  return last && now - last.lastAt < SESSION_SILENCE_MS ? last : null;
}

function touchOf(ledHere: string): Touch {
  const { origin, pathname, searchParams } = new URL(location.href);
  const telling = new URLSearchParams([...searchParams].filter(([name]) => TELLING.test(name))).toString();
  const referrer = withoutQuery(ledHere);
  return {
    landingPage: (origin + pathname + (telling && `?${telling}`)).slice(0, LONGEST_URL),
    ...(referrer && !referrer.startsWith(`${origin}/`) && { referrer }),
  };
}

/** Queries of other sites may hold what nobody meant to share. */
export function withoutQuery(url: string): string {
  return url.split(/[?#]/, 1)[0]?.slice(0, LONGEST_URL) ?? '';
}

function parse(text: string | null): (Visit & { lastAt: number }) | null {
  try {
    const visit = JSON.parse(text ?? 'null');
    return typeof visit?.sessionId === 'string' && typeof visit.lastAt === 'number' ? visit : null;
  } catch {
    return null;
  }
}

/** Id of the visitor on this device, made with the first event. */
export function visitorOf(kept: Kept): string {
  const known = kept.get('visitor');
  if (known && VISITOR.test(known)) return known;
  const made = randomId();
  kept.set('visitor', made);
  return made;
}
