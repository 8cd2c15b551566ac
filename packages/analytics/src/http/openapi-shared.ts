import { FORMATS } from './download-format.ts';
import { DEFAULT_ROWS, MOST_ROWS } from './download-options.ts';
import { SITE_HEADER } from './request-context.ts';

/** Parameters that every question takes. */
export const SHARED_PARAMETERS = {
  site: {
    name: SITE_HEADER,
    in: 'header',
    description: 'The site asked about where `siteId` is not given.',
    schema: { type: 'string', format: 'uuid' },
  },
  format: {
    name: 'format',
    in: 'query',
    description: 'Without it, what `Accept` likes best.',
    schema: { enum: FORMATS, type: 'string', default: 'json' },
  },
  bom: {
    name: 'bom',
    in: 'query',
    description: 'Of CSV: starts with a byte order mark.',
    schema: { type: 'boolean', default: false },
  },
  list: {
    name: 'list',
    in: 'query',
    description: 'Of CSV and NDJSON: the list of the answer that is wanted, where it has several.',
    schema: { type: 'string' },
  },
  limit: {
    name: 'limit',
    in: 'query',
    description:
      `Rows of one page. Of CSV and NDJSON, which go through all pages: rows after which they end, ${DEFAULT_ROWS} ` +
      `unless told and at most ${MOST_ROWS}.`,
    schema: { type: 'integer', minimum: 1, maximum: MOST_ROWS },
  },
} as const;

const refusal = (description: string, headers: object = {}) => ({
  description,
  ...headers,
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['error'],
        properties: {
          error: {
            type: 'object',
            required: ['code', 'message'],
            properties: { code: { type: 'string' }, message: { type: 'string' } },
          },
        },
      },
    },
  },
});

const retryAfter = {
  headers: { 'retry-after': { description: 'Whole seconds.', schema: { type: 'integer', minimum: 1 } } },
};

/** What a question is refused with, by status. */
export const REFUSALS = {
  400: refusal('A parameter is missing, unknown, or not what it has to be.'),
  401: refusal('Nobody is signed in.'),
  403: refusal('The caller has no part in the site, or not enough of one.'),
  404: refusal('There is no such question, site, segment or event.'),
  422: refusal('It would read more than is allowed; the message says how to narrow it.'),
  429: refusal('Too many at once; send it again later.', retryAfter),
  500: refusal('Something went wrong on the server.'),
  503: refusal('The stores are away; send it again later.', retryAfter),
  504: refusal('It took longer than is allowed; the message says how to narrow it.'),
} as const;
