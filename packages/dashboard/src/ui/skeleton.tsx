import { classNames } from './class-names.ts';

/** Holds the place of what is on its way, in its size, so that nothing jumps. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classNames('animate-pulse rounded-md bg-muted', className)} />;
}
