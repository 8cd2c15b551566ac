import { formatLabel } from '../../format.ts';

/** The word carries the meaning, the colour only repeats it. */
export function StatusBadge({ status }: { status: string }) {
  return (
    <span className="badge" data-status={status}>
      {formatLabel(status)}
    </span>
  );
}
