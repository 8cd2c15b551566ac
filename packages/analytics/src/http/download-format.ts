import { badRequest } from './question-refusal.ts';

export const FORMATS = ['json', 'csv', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

export const CONTENT_TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
} as const;

const ACCEPTED: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'text/csv': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
};

/**
 * `format` where it is given, else the first of the formats that the caller likes best, else JSON.
 *
 * @throws RequestRefused 400 for a format that there is not.
 */
export function formatOf(asked: string | null, accept: string | null): Format {
  if (asked === null) return likedBest(accept);
  const format = FORMATS.find((known) => known === asked);
  if (!format) throw badRequest(`"format" is ${FORMATS.join(', ')}.`);
  return format;
}

function likedBest(accept: string | null): Format {
  const liked = (accept ?? '')
    .split(',')
    .map((range) => {
      const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
      return { format: ACCEPTED[type], quality: Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return liked.find(({ format }) => format)?.format ?? 'json';
}

const UNSAFE = /[^A-Za-z0-9._-]+/g;
const MOST_CHARACTERS = 150;

/** A file name of letters, digits, dots and dashes: what was asked, and from when to when. */
export function fileNameOf(question: string, input: unknown, format: Format): string {
  const { from, to } = Object(input) as { readonly from?: unknown; readonly to?: unknown };
  const days = [from, to].filter((time) => typeof time === 'string').map((time) => time.slice(0, 10));
  const name = ['tallymark', question, ...days].join('-').replace(UNSAFE, '-').slice(0, MOST_CHARACTERS);
  return `${name}.${format}`;
}
