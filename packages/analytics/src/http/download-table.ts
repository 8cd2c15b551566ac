import { fieldsOf, rowsOf } from './answer-lists.ts';
import { type Column, columnsOf, spreadRecords } from './csv-columns.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Question } from './question-catalogue.ts';
import { badRequest } from './question-refusal.ts';

/** An answer as a table. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly unknown[];
}

/** Tells the rows of several lists apart. The row of what stands outside the lists has none. */
const LIST = 'list';

/**
 * The table of an answer: its list where it has one or `wanted` names one. An answer without lists is a single row; of
 * several lists all are there, behind a row of what stands beside them, and the column `list` says which a row is of.
 */
export function tableOf(question: Question, answer: unknown, wanted: string | null): Table {
  const list = listFor(question, wanted);
  const { answer: root, lists } = question;
  const rows = list ? rowsOf(answer, list) : lists.length === 0 ? [answer] : mixedRows(question, answer);
  return { columns: spreadRecords(headerOf(question, wanted), rows, root), rows };
}

/** The columns of the table before any answer is there; records are one column each. */
export function headerOf(question: Question, wanted: string | null): Column[] {
  const { answer: root, lists } = question;
  const list = listFor(question, wanted);
  if (list) return columnsOf(list.element, root);
  if (lists.length === 0) return columnsOf(root, root);
  const all = [...columnsOf(besides(question), root), ...lists.flatMap(({ element }) => columnsOf(element, root))];
  return [{ name: LIST, path: [LIST] }, ...new Map(all.map((column) => [column.name, column])).values()];
}

/** @throws RequestRefused 400 for a list that the answer does not have. */
function listFor({ name, lists }: Question, wanted: string | null) {
  if (wanted === null) return lists.length === 1 ? lists[0] : undefined;
  const found = lists.find(({ field }) => field === wanted);
  if (found) return found;
  const known = lists.flatMap(({ field }) => field ?? []);
  const has = known.length > 0 ? `It has ${known.join(', ')}.` : 'It has none by a name.';
  throw badRequest(`The answer of ${name} has no list "${wanted.slice(0, 100)}". ${has}`);
}

/** What an answer with several lists holds beside them. */
function besides({ answer, lists }: Question): JsonSchema {
  const others = fieldsOf(answer).filter(([field]) => lists.every((list) => list.field !== field));
  return { type: 'object', properties: Object.fromEntries(others) };
}

function mixedRows({ lists }: Question, answer: unknown): unknown[] {
  const others = Object.entries(Object(answer)).filter(([field]) => lists.every((list) => list.field !== field));
  const first = others.length > 0 ? [{ [LIST]: null, ...Object.fromEntries(others) }] : [];
  return [
    ...first,
    ...lists.flatMap((list) => rowsOf(answer, list).map((row) => ({ [LIST]: list.field, ...Object(row) }))),
  ];
}
