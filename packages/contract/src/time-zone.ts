import { z } from 'zod';

/** An IANA time zone. */
export const timeZone = z.string().refine(isTimeZone, 'is not an IANA time zone such as Europe/Berlin');

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
