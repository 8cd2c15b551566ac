import { setTimeout as pause } from 'node:timers/promises';
import { newPerson } from '../history/people.ts';
import type { Random } from '../history/random.ts';
import { sourceOf } from '../history/sources.ts';
import type { TrafficOptions } from './arguments.ts';
import { HttpVisitor } from './http-visitor.ts';
import { visitLive } from './live-visit.ts';

export interface TrafficSum {
  readonly come: number;
  readonly here: number;
  readonly pages: number;
  readonly licenses: number;
  readonly failed: number;
  readonly lastProblem: string | null;
}

interface Traffic {
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly progress: (sum: TrafficSum) => void;
}

const MINUTE_MS = 60_000;
/** A visit at its usual leisure, about. Shorter runs hurry. */
const LONGEST_VISIT_MS = 2 * MINUTE_MS;
/** Nobody waits in the last part of a run, so that it ends when it should. */
const ARRIVALS_SHARE = 0.7;

/** Lets people come, spread over the time, each with a visit of their own. Resolves when the last has left. */
export async function runTraffic(options: TrafficOptions, { random, signal, now, progress }: Traffic) {
  const { baseUrl, visitors, minutes } = options;
  const lengthMs = minutes * MINUTE_MS;
  const pace = Math.min(1, (lengthMs * (1 - ARRIVALS_SHARE)) / LONGEST_VISIT_MS);
  let sum: TrafficSum = { come: 0, here: 0, pages: 0, licenses: 0, failed: 0, lastProblem: null };
  const add = (more: Partial<TrafficSum>) => {
    sum = { ...sum, ...more };
    progress(sum);
  };
  const one = async () => {
    const day = { start: now().getTime(), daysAgo: 0, weekday: now().getUTCDay() };
    const source = sourceOf(random, day, random.chance(0.3));
    const visit = { baseUrl, person: newPerson(random), sessionId: random.uuid(), source };
    add({ come: sum.come + 1, here: sum.here + 1 });
    try {
      const { pages, bought } = await visitLive(random, new HttpVisitor(visit), pace, signal);
      add({ pages: sum.pages + pages, licenses: sum.licenses + (bought ? 1 : 0) });
    } catch (error) {
      if (!signal.aborted)
        add({ failed: sum.failed + 1, lastProblem: error instanceof Error ? error.message : `${error}` });
    } finally {
      add({ here: sum.here - 1 });
    }
  };
  const all: Promise<void>[] = [];
  const gapMs = (lengthMs * ARRIVALS_SHARE) / visitors;
  for (let left = visitors; left > 0 && !signal.aborted; left -= 1) {
    all.push(one());
    if (left > 1) await pause(gapMs * (0.5 + random.next()), undefined, { signal }).catch(() => {});
  }
  await Promise.all(all);
  return sum;
}
