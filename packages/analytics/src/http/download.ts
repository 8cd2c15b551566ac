import { incompleteBeforeOf } from '../report/incomplete-answer.ts';
import { BYTE_ORDER_MARK, csvHeader, csvRows } from './csv.ts';
import type { Column } from './csv-columns.ts';
import { CONTENT_TYPES, type Format, fileNameOf } from './download-format.ts';
import type { DownloadOptions } from './download-options.ts';
import { headerOf, tableOf } from './download-table.ts';
import type { Question } from './question-catalogue.ts';
import { readPages, type Truncation } from './question-pages.ts';
import { setTrailers } from './response-trailers.ts';

export interface Download {
  readonly question: Question;
  readonly format: Exclude<Format, 'json'>;
  readonly options: DownloadOptions;
  readonly input: Record<string, unknown> | undefined;
  readonly ask: (input: unknown) => Promise<unknown>;
  /** Told of what fails once the response is on its way, and no status can say so any more. */
  readonly onBroken: (error: unknown) => void;
}

export const TRUNCATED_TRAILER = 'x-tallymark-truncated';
export const ROW_LIMIT_HEADER = 'x-tallymark-row-limit';
export const INCOMPLETE_HEADER = 'x-tallymark-incomplete-before';

const ROWS_AT_ONCE = 200;

interface Rows {
  readonly columns: readonly Column[];
  /** Ends with why it was cut off, or null when nothing was. */
  readonly parts: AsyncGenerator<readonly unknown[], Truncation | null>;
}

/**
 * The answer of a question as a file, written as fast as it is read. The first page is there before the response is, so
 * that a refusal has its status. One that is cut off says so: the last line of NDJSON is `{"truncated":{…}}`, CSV has the
 * trailer `x-tallymark-truncated` with the number of rows. The time before which retention has removed what was asked for
 * is a header, and a trailer where a later page comes upon it.
 */
export async function downloadOf(download: Download): Promise<Response> {
  const { question, format, input, options } = download;
  let incompleteBefore: string | null = null;
  const ask = async (page: unknown) => {
    const answer = await download.ask(page);
    incompleteBefore = incompleteBeforeOf(answer) ?? incompleteBefore;
    return answer;
  };
  const { columns, parts } = await rowsFor({ ...download, ask });
  const first = await parts.next();
  const end: { truncated: Truncation | null } = { truncated: null };
  const text = format === 'csv' ? csvText(columns, options.bom) : ndjsonText;
  const body = streamOf(encoded(text(first, parts, end), download.onBroken));
  const headers: Record<string, string> = {
    'content-type': CONTENT_TYPES[format],
    'content-disposition': `attachment; filename="${fileNameOf(question.name, input, format)}"`,
  };
  if (question.paged) headers[ROW_LIMIT_HEADER] = String(options.limit);
  Object.assign(headers, incompleteHeader(incompleteBefore));
  if (question.paged)
    headers.trailer = [...(format === 'csv' ? [TRUNCATED_TRAILER] : []), INCOMPLETE_HEADER].join(', ');
  const response = new Response(body, { headers });
  setTrailers(response, (): Record<string, string> => {
    const truncated: Record<string, string> = end.truncated ? { [TRUNCATED_TRAILER]: String(end.truncated.rows) } : {};
    return { ...truncated, ...(question.paged ? incompleteHeader(incompleteBefore) : {}) };
  });
  return response;
}

const incompleteHeader = (before: string | null): Record<string, string> =>
  before === null ? {} : { [INCOMPLETE_HEADER]: before };

async function rowsFor(download: Download): Promise<Rows> {
  const { question, options, input, ask } = download;
  const [list] = question.lists;
  if (question.paged && list) {
    return { columns: headerOf(question, options.list), parts: readPages({ ...download, list, limit: options.limit }) };
  }
  // Asked for before the answer is: a list that is not there is refused for nothing.
  headerOf(question, options.list);
  const { columns, rows } = tableOf(question, await ask(input), options.list);
  return { columns, parts: once(rows) };
}

async function* once(rows: readonly unknown[]): AsyncGenerator<readonly unknown[], null> {
  yield rows;
  return null;
}

type Text = (
  first: IteratorResult<readonly unknown[], Truncation | null>,
  more: Rows['parts'],
  end: { truncated: Truncation | null },
) => AsyncGenerator<string>;

const csvText = (columns: readonly Column[], bom: boolean): Text =>
  async function* (first, more, end) {
    yield `${bom ? BYTE_ORDER_MARK : ''}${csvHeader(columns)}`;
    end.truncated = yield* eachPart(first, more, (rows) => csvRows(rows, columns));
  };

const ndjsonText: Text = async function* (first, more, end) {
  end.truncated = yield* eachPart(first, more, (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  if (end.truncated) yield `${JSON.stringify({ truncated: end.truncated })}\n`;
};

async function* eachPart(
  first: IteratorResult<readonly unknown[], Truncation | null>,
  more: Rows['parts'],
  textOf: (rows: readonly unknown[]) => string,
): AsyncGenerator<string, Truncation | null> {
  try {
    let part = first;
    for (; !part.done; part = await more.next()) {
      for (let at = 0; at < part.value.length; at += ROWS_AT_ONCE) {
        yield textOf(part.value.slice(at, at + ROWS_AT_ONCE));
      }
    }
    return part.value;
  } finally {
    await more.return(null);
  }
}

async function* encoded(
  texts: AsyncIterable<string>,
  onBroken: (error: unknown) => void,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  try {
    for await (const text of texts) yield encoder.encode(text);
  } catch (error) {
    onBroken(error);
    throw error;
  }
}

/** Asks for a part when one is wanted, and never before. */
const streamOf = (parts: AsyncGenerator<Uint8Array<ArrayBuffer>>) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull: async (controller) => {
        const part = await parts.next();
        if (part.done) controller.close();
        else controller.enqueue(part.value);
      },
      cancel: async () => {
        await parts.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
