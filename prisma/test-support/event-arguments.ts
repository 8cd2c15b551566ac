import fc from 'fast-check';
import { EVENT_FIELD_NAMES } from '../event-fields.ts';
import { Prisma } from '../generated/client.ts';
import { uuidV7 } from '../uuid-v7.ts';
import { MONTH } from './prisma-pair.ts';

type Args = Prisma.EventCreateManyAndReturnArgs;
type Input = Prisma.EventCreateManyInput;

const NEXT_MONTH = Date.parse('2026-12-01T00:00:00Z');

const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const date = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const time = fc.oneof(
  date,
  date.map((value) => value.toISOString()),
  fc.constantFrom('2026-11-22T12:00:00Z', '2026-11-22T12:00:00.5+02:00'),
);
const id = fc
  .integer({ min: MONTH.getTime(), max: NEXT_MONTH - 1 })
  .chain((ms) => fc.constantFrom(uuidV7(ms), uuidV7(ms).toUpperCase(), uuidV7(MONTH.getTime(), new Uint8Array(10))));
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '"', '\\', '{"a":1}', 'null', 'ü€😀\n\t\u2028'),
);
/** But for two things that Prisma itself loses: a key named `__proto__`, and the last digits of some numbers. */
const json = fc
  .oneof(
    fc.dictionary(text, fc.jsonValue({ stringUnit: 'grapheme' }), { maxKeys: 4 }),
    fc.jsonValue({ stringUnit: 'grapheme' }).filter((value) => value !== null),
  )
  .map((value) => JSON.stringify(value))
  .filter((source) => !source.includes('__proto__'))
  .map((source) =>
    JSON.parse(source, (_, value) => (typeof value === 'number' ? Math.trunc(value % 2 ** 40) / 8 : value)),
  ) as fc.Arbitrary<Prisma.InputJsonValue>;

const ordinaryFields = {
  id,
  eventType: text,
  occurredAt: time,
  receivedAt: time,
  createdAt: time,
  tenantId: fc.uuid(),
  schemaVersion: fc.integer({ min: -(2 ** 15) + 1, max: 2 ** 15 - 1 }),
  source: text,
  entityId: nullable(text),
  visitorId: nullable(fc.constant(undefined)),
  propsJson: json,
  touchJson: json,
  count: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  samplingRate: fc.oneof(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.integer({ min: 1, max: 100 })),
  retentionExempt: fc.boolean(),
  clientVersion: nullable(text),
};
const requiredKeys: (keyof typeof ordinaryFields)[] = ['id', 'eventType', 'occurredAt', 'receivedAt', 'createdAt'];
const ordinaryRow: fc.Arbitrary<Input> = fc.record(ordinaryFields, { requiredKeys });

const fields = fc.uniqueArray(fc.constantFrom(...EVENT_FIELD_NAMES), { minLength: 1, maxLength: 6 });
const all = (names: string[], chosen: boolean) => Object.fromEntries(names.map((name) => [name, chosen]));
const options = fc.oneof(
  fc.constant({}),
  fields.map((names) => ({ select: all(names, true) })),
  fields.map((names) => ({ omit: all(names, true) })),
);
export const ordinaryArgs: fc.Arbitrary<Args> = fc
  .tuple(fc.oneof(fc.array(ordinaryRow, { minLength: 1, maxLength: 6 }), ordinaryRow), fc.boolean(), options)
  .map(([data, skipDuplicates, more]) => ({ data, skipDuplicates, ...more }));

/** One thing out of the ordinary in a call: what Prisma or Postgres refuses, and what Prisma stores in its own way. */
export const oddity: fc.Arbitrary<(args: Args) => Args> = fc.oneof(
  fc
    .constantFrom<object>(
      { eventType: 'a\0b' },
      { eventType: '\ud800' },
      { eventType: '\x7f', source: '~', entityId: '\x1e' },
      { propsJson: { '\x7f': '\x1e~' } },
      { eventType: 7 },
      { eventType: null },
      { eventType: undefined },
      { propsJson: { 'a\0': '\udfff' } },
      { propsJson: { at: new Date(0), none: undefined, list: [1, undefined] } },
      { propsJson: null },
      { sentJson: Prisma.JsonNull },
      { sentJson: Prisma.DbNull },
      { schemaVersion: 40_000 },
      { count: 0 },
      { count: 1.5 },
      { count: 2 ** 31 },
      { samplingRate: 101 },
      { occurredAt: '2026-11-22T12:00:00.123456Z' },
      { occurredAt: '2026-11-22' },
      { occurredAt: new Date(Number.NaN) },
      { occurredAt: new Date('+010000-01-01') },
      { id: 'no-uuid' },
      { id: uuidV7(0) },
      { nonsense: 1 },
    )
    .map((odd) => (args: Args) => ({ ...args, data: [args.data].flat().map((row) => ({ ...row, ...odd })) })),
  fc
    .constantFrom<object>(
      { data: [] },
      { select: {} },
      { select: { id: false } },
      { select: { nonsense: true } },
      { select: { id: true }, omit: { id: true } },
      { omit: all(EVENT_FIELD_NAMES, true) },
      { include: {} },
      { skipDuplicates: undefined, select: null },
      { nonsense: 1 },
    )
    .map((odd) => (args: Args) => ({ ...args, ...odd })),
);
