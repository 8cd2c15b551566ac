import type { AlertSource } from '@tallymark/contract/alerts';
import { type ReportFilter, reportFilter } from '@tallymark/contract/reports/filter';
import { type Bots, bots as whoIsCounted } from '@tallymark/contract/reports/scope';
import { type Measure, OVERVIEW, OVERVIEW_FIGURES } from './measures.ts';

/** A source as the form has it: by name where it is a usual one. */
export interface NamedSource {
  readonly measure: Measure;
  /** For events of a type. */
  readonly eventType: string;
  readonly filter: ReportFilter;
  readonly segmentId: string | null;
  readonly bots: Bots;
}

export const PLAIN: Omit<NamedSource, 'measure'> = { eventType: '', filter: [], segmentId: null, bots: 'exclude' };
const NAMED_INPUT = ['filter', 'segmentId', 'bots'];

/** A figure of `stats.overview` whose input says no more than the form can, by its name; anything else is any question. */
export function readSource(source: AlertSource): NamedSource {
  if (source.kind === 'pipeline') return { ...PLAIN, measure: source.figure };
  const { question, input, pointer } = source;
  const named = OVERVIEW_FIGURES.find(({ figure }) => pointer === `/${figure}`);
  const filter = reportFilter.safeParse(input.filter ?? []);
  const bots = whoIsCounted.safeParse(input.bots ?? 'include');
  const { segmentId = null } = input;
  const known = Object.keys(input).every((name) => NAMED_INPUT.includes(name));
  const segment = segmentId === null || typeof segmentId === 'string' ? { segmentId } : null;
  if (question !== OVERVIEW || !named || !known || !filter.success || !bots.success || !segment) {
    return { ...PLAIN, measure: 'question' };
  }
  const rest = { ...segment, bots: bots.data };
  const types = filter.data.filter(({ field, op }) => field === 'event_type' && op === 'is');
  const [type] = types;
  if (named.figure !== 'events' || types.length !== 1 || typeof type?.value !== 'string') {
    return { measure: named.figure, eventType: '', filter: filter.data, ...rest };
  }
  const others = filter.data.filter((condition) => condition !== type);
  return { measure: 'eventsOfType', eventType: type.value, filter: others, ...rest };
}

/** The other way round, for what has a name. */
export function writeSource({ measure, eventType, filter, segmentId, bots }: NamedSource): AlertSource {
  const ofType: ReportFilter =
    measure === 'eventsOfType' ? [{ field: 'event_type', op: 'is', value: eventType.trim() }] : [];
  const conditions = [...ofType, ...filter];
  return {
    kind: 'question',
    question: OVERVIEW,
    input: {
      ...(conditions.length > 0 && { filter: conditions.map(writeFilterCondition) }),
      ...(segmentId && { segmentId }),
      bots,
    },
    pointer: measure === 'eventsOfType' ? '/events' : `/${measure}`,
  };
}

/** Without keys that hold nothing: there are none in JSON. */
const writeFilterCondition = ({ field, op, value }: ReportFilter[number]) => ({
  field,
  op,
  ...(value !== undefined && { value }),
});
