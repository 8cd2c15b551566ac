/**
 * A text as a column of Postgres and a report can hold it: no NUL or other control characters, no half surrogate pairs,
 * not longer than `length` UTF-16 code units. Null for anything but a text, and for one that nothing is left of.
 */
export function boundedText(value: unknown, length: number): string | null {
  if (typeof value !== 'string') return null;
  // Cut before it is searched, with room for what is taken out, so that the work is bounded too.
  const text = value
    .slice(0, length * 2)
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, length)
    .toWellFormed();
  return text === '' ? null : text;
}
