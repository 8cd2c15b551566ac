import { type AnswerList, rowsOf } from './answer-lists.ts';
import { alternativesOf } from './json-schema.ts';
import type { Question } from './question-catalogue.ts';

export interface PagesOptions {
  readonly question: Question;
  readonly list: AnswerList;
  readonly input: Record<string, unknown> | undefined;
  readonly ask: (input: unknown) => Promise<unknown>;
  /** Rows after which it ends. */
  readonly limit: number;
}

/** A download that ended before the answer did. */
export interface Truncation {
  /** How many there are. */
  readonly rows: number;
  /** Goes on behind the last of them. */
  readonly nextCursor: unknown;
}

/** The rows of a paged question, a page at a time, until there are no more or enough: then where to go on. */
export async function* readPages(options: PagesOptions): AsyncGenerator<readonly unknown[], Truncation | null> {
  const { question, list, input, ask, limit } = options;
  const size = pageSizeOf(question);
  let rows = 0;
  let cursor = input?.cursor;
  do {
    const page = size === null ? {} : { limit: Math.min(size, limit - rows) };
    const answer = await ask({ ...input, ...(cursor === undefined ? {} : { cursor }), ...page });
    const found = rowsOf(answer, list).slice(0, limit - rows);
    const { nextCursor } = answer as { readonly nextCursor?: unknown };
    if (nextCursor === cursor && cursor !== undefined)
      throw new Error(`${question.name} answered the same page twice.`);
    rows += found.length;
    cursor = nextCursor ?? undefined;
    yield found;
  } while (cursor !== undefined && rows < limit);
  return cursor === undefined ? null : { rows, nextCursor: cursor };
}

const MOST_ROWS_AT_ONCE = 1_000;

/** Rows to ask for at once; null where the question does not take a limit. */
function pageSizeOf({ parameters }: Question): number | null {
  const limit = parameters.get('limit');
  if (!limit) return null;
  return Math.min(
    MOST_ROWS_AT_ONCE,
    ...alternativesOf(limit.schema, limit.root).flatMap(({ maximum }) => maximum ?? []),
  );
}
