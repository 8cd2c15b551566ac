import { type ClassValue, clsx } from 'clsx';
import { twMerge } from 'tailwind-merge';

/** Class names, of which a later one outweighs an earlier one that says the same. */
export const classNames = (...names: ClassValue[]) => twMerge(clsx(names));
