import { createHash } from 'node:crypto';
import type { EventPlace } from '@tallymark/prisma/stores/report-search';
import { z } from 'zod';
import { ReportError } from './report-error.ts';

const DIGEST_LENGTH = 22;
const written = z.tuple([z.iso.datetime(), z.guid(), z.string().length(DIGEST_LENGTH)]);

/** Equal for two searches that find the same events in the same order. */
export function digestOf(search: object): string {
  return createHash('sha256').update(JSON.stringify(search)).digest('base64url').slice(0, DIGEST_LENGTH);
}

/** `<time>/<id>/<digest of the search>` of the last event that was looked at, made opaque. */
export function cursorOf({ occurredAt, id }: EventPlace, digest: string): string {
  return Buffer.from(`${occurredAt.toISOString()}/${id}/${digest}`).toString('base64url');
}

/** @throws ReportError `invalid_input` for what `cursorOf` has not made, and for the cursor of another search */
export function placeOf(cursor: string, digest: string): EventPlace {
  const parsed = written.safeParse(Buffer.from(cursor, 'base64url').toString('latin1').split('/'));
  if (!parsed.success)
    throw new ReportError('invalid_input', 'The cursor is not one that a page of events ended with.');
  const [occurredAt, id, of] = parsed.data;
  if (of !== digest) {
    throw new ReportError(
      'invalid_input',
      'The cursor belongs to a search with other conditions, another period or another order. Begin again without it.',
    );
  }
  return { occurredAt: new Date(occurredAt), id };
}
