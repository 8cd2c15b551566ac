import { z } from 'zod';

/** Text that Postgres can hold. Whatever is compared with what is stored has no other. */
export const storedText = (most: number) =>
  z
    .string()
    .max(most)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'has a character that no event has');
