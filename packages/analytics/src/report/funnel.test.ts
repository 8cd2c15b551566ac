import { funnelInput } from '@tallymark/contract/reports/funnel';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { groupBy, inScope, journeyEvents, recordJourneys, type StoredEvent } from '../test-support/journey-history.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { askFunnel } from './funnel.ts';
import { ReportDatabase } from './report-database.ts';

const STEPS = [
  { asked: { page: '/a' }, is: ({ page }: StoredEvent) => page === '/a' },
  { asked: { page: '/b*' }, is: ({ page }: StoredEvent) => page?.startsWith('/b') ?? false },
  { asked: { eventType: 'page_viewed' }, is: ({ type }: StoredEvent) => type === 'page_viewed' },
  { asked: { eventType: 'cta_clicked' }, is: ({ type }: StoredEvent) => type === 'cta_clicked' },
  {
    asked: { eventType: 'page_viewed', page: '/b' },
    is: ({ page }: StoredEvent) => page === '/b',
  },
  {
    asked: { page: '/a', filter: [{ field: 'utm_campaign', op: 'is', value: 'spring' }] },
    is: ({ page, campaign }: StoredEvent) => page === '/a' && campaign === 'spring',
  },
  {
    asked: { eventType: 'cta_clicked', filter: [{ field: 'prop:ctaId', op: 'is', value: 'x' }] },
    is: ({ type, cta }: StoredEvent) => type === 'cta_clicked' && cta === 'x',
  },
];

const MINUTES = [0, 0, 1, 2, 3, 5, 8, 30, 31, 60, 1_440, -10, -60];
const question = fc.record({
  steps: fc.array(fc.constantFrom(...STEPS), { minLength: 2, maxLength: 4 }),
  windowSeconds: fc.constantFrom(60, 180, 1_800, 86_400),
  bots: fc.constantFrom('include' as const, 'exclude' as const),
});

let world: ReportWorld;
beforeAll(async () => {
  world = await openReportWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const inputOf = (steps: readonly (typeof STEPS)[number][], more: object = {}) =>
  funnelInput.parse({
    from: '2026-11-01T00:00:00Z',
    to: '2026-12-01T00:00:00Z',
    steps: steps.map(({ asked }) => asked),
    ...more,
  });

/** Each visitor's best attempt, in nested loops: every first step, the earliest next one, the first that goes furthest. */
function attemptsOf(events: readonly StoredEvent[], { steps, windowSeconds }: Parameters<typeof slowFunnel>[1]) {
  return [...groupBy(events, ({ visitor }) => visitor).values()].flatMap((own) => {
    let best: StoredEvent[] = [];
    own.forEach((begin, at) => {
      if (!steps[0]?.is(begin)) return;
      const taken = [begin];
      for (const later of own.slice(at + 1)) {
        if (later.at - begin.at <= windowSeconds * 1_000 && steps[taken.length]?.is(later)) taken.push(later);
      }
      if (taken.length > best.length) best = taken;
    });
    return best.length > 0 ? [best] : [];
  });
}

function slowPart(attempts: readonly StoredEvent[][], count: number) {
  const reaching = Array.from({ length: count }, (_, step) => attempts.filter((attempt) => attempt.length > step));
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  const steps = reaching.map((reached, step) => ({
    step: step + 1,
    visitors: reached.length,
    shareOfFirst: share(reached.length, attempts.length),
    shareOfPrevious: step === 0 ? null : share(reached.length, reaching[step - 1]?.length ?? 0),
    medianSeconds:
      step === 0 ? null : median(reached.map((own) => ((own[step]?.at ?? 0) - (own[step - 1]?.at ?? 0)) / 1_000)),
  }));
  return { steps, conversion: share(reaching.at(-1)?.length ?? 0, attempts.length) };
}

function median(values: number[]): number | null {
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.length === 0 ? null : middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

function slowFunnel(
  events: readonly StoredEvent[],
  asked: { steps: readonly (typeof STEPS)[number][]; windowSeconds: number },
) {
  const attempts = attemptsOf(events, asked);
  const campaigns = [...groupBy(attempts, ([begin]) => begin?.campaign ?? '')].sort(
    ([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1),
  );
  return {
    ...slowPart(attempts, asked.steps.length),
    breakdown: campaigns.map(([value, own]) => ({ value, ...slowPart(own, asked.steps.length) })),
    eventsWithoutVisitor: asked.steps.flatMap(({ is }) => events.filter((one) => one.visitor === null && is(one)))
      .length,
  };
}

test('a funnel is what nested loops over the events find', async () => {
  await fc.assert(
    fc.asyncProperty(
      journeyEvents(MINUTES, 60),
      fc.array(question, { minLength: 4, maxLength: 8 }),
      async (history, all) => {
        const { siteId, stored } = await recordJourneys(world, history);
        for (const { steps, windowSeconds, bots } of all) {
          const scope = world.scope({ siteId, bots });
          const answer = await askFunnel(
            world.deps,
            scope,
            inputOf(steps, { windowSeconds, breakdown: 'utm_campaign' }),
          );
          const events = inScope(stored, scope);
          expect(answer).toMatchObject(slowFunnel(events, { steps, windowSeconds }));
          const plain = await askFunnel(world.deps, scope, inputOf(steps, { windowSeconds }));
          expect(plain).toEqual({ ...answer, breakdown: null });
        }
      },
    ),
    { numRuns: 6 },
  );
});

test('what is outside the period is no step', async () => {
  const event = { visitor: 'anna', session: 'one', campaign: null, bot: false } as const;
  const view = (path: string) => ({ eventType: 'page_viewed', schemaVersion: 2, propsJson: { path } }) as never;
  const { siteId, stored } = await recordJourneys(world, [
    { ...event, minutes: 0, kind: view('/a') },
    { ...event, minutes: 1, kind: view('/b') },
  ]);
  const to = new Date(stored[1]?.at ?? 0);
  const steps = STEPS.slice(0, 2);
  const asked = (scope: object) => askFunnel(world.deps, world.scope({ siteId, ...scope }), inputOf(steps));
  expect((await asked({ to })).steps.map(({ visitors }) => visitors)).toEqual([1, 0]);
  expect((await asked({ from: to })).steps.map(({ visitors }) => visitors)).toEqual([0, 0]);
  expect((await asked({})).conversion).toBe(1);
});

test('values behind the fifth are one', async () => {
  const kind = { eventType: 'page_viewed', schemaVersion: 2, propsJson: { path: '/a' } } as never;
  // Campaign n brings n visitors; the seventh has the sixth step.
  const { siteId } = await recordJourneys(
    world,
    [1, 2, 3, 4, 5, 6, 7].flatMap((n) =>
      Array.from({ length: n }, (_, visitor) => ({
        minutes: visitor,
        kind,
        visitor: `${n} ${visitor}` as never,
        session: null,
        campaign: `c${n}` as never,
        bot: false,
      })),
    ),
  );
  const input = inputOf(STEPS.slice(0, 2), { breakdown: 'utm_campaign' });
  const { breakdown } = await askFunnel(world.deps, world.scope({ siteId }), input);
  expect(breakdown?.map(({ value, steps }) => [value, steps[0]?.visitors])).toEqual([
    ['c7', 7],
    ['c6', 6],
    ['c5', 5],
    ['c4', 4],
    ['c3', 3],
    [null, 3],
  ]);
});

test('a funnel that would read too much is refused', async () => {
  const reports = new ReportDatabase({ prisma: world.prisma, maxRows: 0 });
  const asked = askFunnel({ ...world.deps, reports }, world.scope(), inputOf(STEPS.slice(0, 2)));
  await expect(asked).rejects.toMatchObject({ code: 'too_expensive' });
});

test('a step has to say what it is', () => {
  expect(() => inputOf([{ asked: {} } as never, { asked: {} } as never])).toThrow('names neither');
});
