import { AlertProblem } from './alert-problem.ts';

const isFigure = (value: unknown): value is number | null =>
  value === null || (typeof value === 'number' && Number.isFinite(value));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/**
 * The number that a JSON pointer (RFC 6901) finds in an answer: itself, or the `value` of a figure; null where the answer
 * says that there is none. @throws AlertProblem where it finds anything else, or nothing.
 */
export function readPointer(answer: unknown, pointer: string): number | null {
  const path = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let found = answer;
  for (const part of path) {
    if (Array.isArray(found) && /^\d+$/.test(part) && Number(part) >= found.length) {
      const message = `${pointer} finds nothing: the list there has ${found.length} entries. Point to a total, or narrow the question.`;
      throw new AlertProblem('passing', message);
    }
    if (!isObject(found) || !Object.hasOwn(found, part)) {
      throw new AlertProblem('rule', `${pointer} finds nothing in the answer: there is no "${part}". ${known(found)}`);
    }
    found = found[part];
  }
  const value = isObject(found) && Object.hasOwn(found, 'value') ? found.value : found;
  if (isFigure(value)) return value;
  throw new AlertProblem('rule', `${pointer} finds no number in the answer. ${known(found)}`);
}

const MOST_NAMES = 12;

function known(where: unknown): string {
  if (Array.isArray(where)) return `It has a list there: name an entry by its place, such as "0".`;
  if (!isObject(where)) return 'Point to a number, or to a figure.';
  return `It has there: ${Object.keys(where).slice(0, MOST_NAMES).join(', ')}.`;
}
