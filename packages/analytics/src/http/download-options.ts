import type { Question } from './question-catalogue.ts';
import { badRequest } from './question-refusal.ts';

export const DEFAULT_ROWS = 100_000;
export const MOST_ROWS = 1_000_000;

export interface DownloadOptions {
  /** Starts a CSV with a byte order mark, for programs that take it for Latin-1 otherwise. */
  readonly bom: boolean;
  /** The list of the answer that is wanted; null for the convention. */
  readonly list: string | null;
  /** Rows of a paged question after which a download ends. */
  readonly limit: number;
}

/**
 * Takes what is a download's own from the parameters.
 *
 * @throws RequestRefused 400 for a value that is none, or more than one.
 */
export function takeDownloadOptions({ paged }: Question, parameters: URLSearchParams): DownloadOptions {
  const take = (name: string): string | null => {
    const [value = null, ...more] = parameters.getAll(name);
    if (more.length > 0) throw badRequest(`"${name}" is given more than once.`);
    parameters.delete(name);
    return value;
  };
  const bom = take('bom') ?? 'false';
  if (bom !== 'true' && bom !== 'false') throw badRequest('"bom" is true or false.');
  return { bom: bom === 'true', list: take('list'), limit: paged ? rowLimit(take('limit')) : MOST_ROWS };
}

function rowLimit(text: string | null): number {
  if (text === null) return DEFAULT_ROWS;
  const limit = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST_ROWS) return limit;
  throw badRequest(`"limit" is the number of rows of the download, 1 to ${MOST_ROWS}.`);
}
