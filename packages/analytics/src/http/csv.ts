import { stringify } from 'csv-stringify/sync';
import { type Column, valueAt } from './csv-columns.ts';

export const BYTE_ORDER_MARK = '\uFEFF';

/** RFC 4180. A line break within a cell is quoted whichever it is: readers take each of them for the end of a row. */
const FORM = { record_delimiter: '\r\n', quote_record_delimiter: true } as const;

export const csvHeader = (columns: readonly Column[]) => stringify([columns.map(({ name }) => neutral(name))], FORM);

export const csvRows = (rows: readonly unknown[], columns: readonly Column[]) =>
  stringify(
    rows.map((row) => columns.map(({ path }) => cellOf(valueAt(row, path)))),
    FORM,
  );

/** Numbers and times as JSON writes them, nothing for null, JSON for what is nested. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string') return neutral(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The full-width forms too, which some programs take for the others. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/u;

/**
 * A text that no spreadsheet takes for a formula: it shows one that starts with an apostrophe as what it is. Texts alone:
 * a negative number starts with a minus and is none.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const neutral = (text: string) => (FORMULA.test(text) ? `'${text}` : text);
