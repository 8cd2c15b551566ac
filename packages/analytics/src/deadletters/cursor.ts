import { deadLetterCursor } from '@tallymark/contract/dead-letters';
import type { DeadLetterPlace } from '@tallymark/prisma/stores/dead-letter-lists';
import { z } from 'zod';
import { DeadLetterError } from './errors.ts';

const place = z.tuple([z.iso.datetime(), z.uuid()]);

/** `<creation time>/<id>` of a letter. */
export function cursorOf({ createdAt, id }: DeadLetterPlace): string {
  return `${createdAt.toISOString()}/${id}`;
}

/** @throws DeadLetterError `invalid` for what `cursorOf` has not made. */
export function placeOf(cursor: string | null | undefined): DeadLetterPlace | null {
  if (cursor === null || cursor === undefined) return null;
  const parsed = place.safeParse(deadLetterCursor.safeParse(cursor).data?.split('/'));
  if (!parsed.success) throw new DeadLetterError('invalid', 'The cursor is not one that a page of letters ended with.');
  const [createdAt, id] = parsed.data;
  return { createdAt: new Date(createdAt), id };
}
