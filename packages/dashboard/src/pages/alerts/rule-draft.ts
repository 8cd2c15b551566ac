import { type Alert, type AlertCondition, type AlertSource, type NewAlert, newAlert } from '@tallymark/contract/alerts';
import { isPipelineFigure, type Measure, unitOf } from './measures.ts';
import { fieldOf, type Problems } from './problems.ts';
import { type NamedSource, PLAIN, readSource, writeSource } from './read-source.ts';

type ConditionKind = AlertCondition['kind'];
type Direction = Extract<AlertCondition, { kind: 'change' }>['direction'];

/** A rule while it is written: numbers and JSON as they are typed. */
export interface RuleDraft extends NamedSource {
  readonly name: string;
  readonly question: string;
  readonly input: string;
  readonly pointer: string;
  readonly condition: ConditionKind;
  /** In the unit that is shown beside it. */
  readonly than: string;
  readonly direction: Direction;
  readonly percent: string;
  readonly windowMinutes: number;
  readonly coolDownMinutes: number;
  readonly webhookUrl: string;
}

const HOUR = 60;
const CENTS = 100;

export const EMPTY_DRAFT: RuleDraft = {
  ...PLAIN,
  name: '',
  measure: 'visitors',
  question: '',
  input: '{}',
  pointer: '',
  condition: 'below',
  than: '',
  direction: 'either',
  percent: '50',
  windowMinutes: HOUR,
  coolDownMinutes: HOUR,
  webhookUrl: '',
};

export function draftOf(alert: Alert): RuleDraft {
  const { name, source, condition, windowMinutes, coolDownMinutes, webhookUrl } = alert;
  const named = readSource(source);
  const any = source.kind === 'question' ? source : null;
  return {
    ...EMPTY_DRAFT,
    ...named,
    name,
    ...(any && { question: any.question, input: JSON.stringify(any.input, null, 2), pointer: any.pointer }),
    condition: condition.kind,
    ...('than' in condition && { than: String(condition.than / scaleOf(named.measure)) }),
    ...(condition.kind === 'change' && { direction: condition.direction, percent: String(condition.percent) }),
    windowMinutes,
    coolDownMinutes,
    webhookUrl: webhookUrl ?? '',
  };
}

/** Money is stored in cents and typed in whole units. */
const scaleOf = (measure: Measure) => (unitOf(measure) === 'cents' ? CENTS : 1);

type ReadDraft = { readonly rule: NewAlert; readonly problems: null } | { readonly problems: Problems };

/** The rule that a draft says, or what is wrong with it, by the field. */
export function readDraft(draft: RuleDraft): ReadDraft {
  const problems: Problems = {};
  const input = readJson(draft.input);
  const isAny = draft.measure === 'question';
  if (draft.name.trim() === '') problems.name = 'Give it a name that says what is wrong when it fires.';
  if (draft.measure === 'eventsOfType' && draft.eventType.trim() === '')
    problems.eventType = 'Name the type of events.';
  if (isAny && draft.question.trim() === '') problems.question = 'Name a question, such as stats.overview.';
  if (isAny && !input) problems.input = 'Write a JSON object, such as {"eventType": "page_viewed"}.';
  if (isAny && !draft.pointer.startsWith('/')) problems.pointer = 'Point to a number in the answer, such as /visitors.';
  const compared = draft.condition === 'above' || draft.condition === 'below';
  if (compared && readNumber(draft.than) === null) problems.than = 'Give a number.';
  const percent = readNumber(draft.percent);
  if (draft.condition === 'change' && (percent === null || percent <= 0)) problems.percent = 'Give per cent above 0.';

  const rule = {
    name: draft.name,
    source: sourceOf(draft, input ?? {}),
    condition: conditionOf(draft),
    windowMinutes: draft.windowMinutes,
    coolDownMinutes: draft.coolDownMinutes,
    webhookUrl: draft.webhookUrl.trim() || null,
  };
  const read = newAlert.safeParse(rule);
  for (const { path, message } of read.error?.issues ?? []) problems[fieldOf(path, isAny)] ??= message;
  if (problems.webhookUrl) problems.webhookUrl = 'Write an address that begins with https:// or http://.';
  return read.success && Object.keys(problems).length === 0 ? { rule: read.data, problems: null } : { problems };
}

function sourceOf(draft: RuleDraft, input: Record<string, unknown>): unknown {
  const { measure } = draft;
  if (isPipelineFigure(measure)) return { kind: 'pipeline', figure: measure } satisfies AlertSource;
  if (measure !== 'question') return writeSource(draft);
  return { kind: 'question', question: draft.question.trim(), input, pointer: draft.pointer.trim() };
}

function conditionOf({ condition, than, measure, direction, percent }: RuleDraft): AlertCondition {
  if (condition === 'no_data') return { kind: condition };
  if (condition === 'change') return { kind: condition, direction, percent: readNumber(percent) ?? 0 };
  const scale = scaleOf(measure);
  const number = (readNumber(than) ?? 0) * scale;
  return { kind: condition, than: scale === 1 ? number : Math.round(number) };
}

/** With a point or a comma before the decimals. */
function readNumber(text: string): number | null {
  const number = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(number) ? null : number;
}

function readJson(text: string): Record<string, unknown> | null {
  try {
    const read: unknown = JSON.parse(text.trim() || '{}');
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? { ...read } : null;
  } catch {
    return null;
  }
}
