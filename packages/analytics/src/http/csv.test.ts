import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvHeader, csvRows } from './csv.ts';
import type { Column } from './csv-columns.ts';

const column = (name: string): Column => ({ name, path: [name] });
const cell = (value: unknown) => csvRows([{ a: value, b: 0 }], [column('a'), column('b')]).replace(/,0\r\n$/, '');

/** RFC 4180 read one character at a time. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] ?? '';
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[i + 1] === '"') {
        field += '"';
        i += 1;
      } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') {
      row.push(field);
      field = '';
    } else if (character === '\r' || character === '\n') {
      if (character === '\r' && text[i + 1] === '\n') i += 1;
      rows.push([...row, field]);
      row = [];
      field = '';
    } else field += character;
  }
  return rows;
}

describe('CSV', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', '"\'\r=1"'],
    ['\n=1', '"\'\n=1"'],
    ['＝1', "'＝1"],
    ['=a,"b"', '"\'=a,""b"""'],
    ['a=1', 'a=1'],
    [-1, '-1'],
    [-0.5, '-0.5'],
    [1e-7, '1e-7'],
    [true, 'true'],
    [false, 'false'],
    [null, ''],
    [undefined, ''],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [['=1', 2], '"[""=1"",2]"'],
    [{ b: 1 }, '"{""b"":1}"'],
  ])('writes %j as %s', (value, text) => {
    expect(cell(value)).toBe(text);
  });

  test('a key of a record is a text like any other', () => {
    expect(csvHeader([column('=1'), column('a')])).toBe("'=1,a\r\n");
  });

  test('every text comes back as it was, but for the apostrophe before what could be a formula', () => {
    const hostile = fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', "'", ' ', 'ä') });
    const texts = fc.array(fc.tuple(fc.oneof(hostile, fc.string()), hostile), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(texts, (rows) => {
        const back = parseCsv(csvRows(rows, [column('0'), column('1')]));
        expect(back).toEqual(rows.map((row) => row.map((text) => (/^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text))));
        for (const text of back.flat()) expect(text).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
      { numRuns: 300 },
    );
  });
});
