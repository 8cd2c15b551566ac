/** Fields of the form that something can be wrong with; `form` for what is about none of them. */
export type FieldName =
  | 'name'
  | 'eventType'
  | 'filter'
  | 'question'
  | 'input'
  | 'pointer'
  | 'than'
  | 'percent'
  | 'windowMinutes'
  | 'coolDownMinutes'
  | 'webhookUrl'
  | 'form';

/** What is wrong, by the field that it is about. */
export type Problems = Partial<Record<FieldName, string>>;

const FIELDS: readonly (readonly [path: string, field: FieldName])[] = [
  ['name', 'name'],
  ['source.question', 'question'],
  ['source.pointer', 'pointer'],
  ['condition.than', 'than'],
  ['condition.percent', 'percent'],
  ['windowMinutes', 'windowMinutes'],
  ['coolDownMinutes', 'coolDownMinutes'],
  ['webhookUrl', 'webhookUrl'],
];

/** The field that a path of the contract is shown in; `isAny` where the question is named by hand. */
export function fieldOf(path: readonly PropertyKey[], isAny: boolean): FieldName {
  const written = path.map(String).join('.');
  if (written.startsWith('source.input')) return isAny ? 'input' : 'filter';
  const field = FIELDS.find(([known]) => written === known)?.[1] ?? 'form';
  return !isAny && (field === 'question' || field === 'pointer') ? 'form' : field;
}

interface Issue {
  readonly path?: readonly PropertyKey[];
  readonly message?: string;
}

/** A refusal of the server, at the fields that it is about. What zod has to say comes as JSON, the rest in words. */
export function problemsOf({ message }: Error, isAny: boolean): Problems {
  const issues = readIssues(message);
  if (!issues) return { form: message };
  const problems: Problems = {};
  for (const { path = [], message: words = 'is not right' } of issues) problems[fieldOf(path, isAny)] ??= words;
  return problems;
}

function readIssues(message: string): readonly Issue[] | null {
  if (!message.startsWith('[')) return null;
  try {
    const issues: unknown = JSON.parse(message);
    return Array.isArray(issues) && issues.length > 0 ? issues : null;
  } catch {
    return null;
  }
}
