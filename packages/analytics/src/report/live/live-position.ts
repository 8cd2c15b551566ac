import type { LiveItem, LiveRing } from './live-ring.ts';

/** How far somebody has read. */
export interface LivePosition {
  readonly entryId: string;
  readonly life: string;
  /** Events of that life up to here. */
  readonly total: number;
  /** Of the last item up to here, in this process; 0 where it holds none. */
  readonly seq: number;
}

/** A stranger's word on where they were: as it stands, it proves nothing. */
type NamedPosition = Omit<LivePosition, 'seq'>;

const WRITTEN = /^(\d{1,15}-\d{1,15})\.([\w-]{1,20})\.(\d{1,15})$/;

export const writePosition = ({ entryId, life, total }: LivePosition): string => `${entryId}.${life}.${total}`;

/** Null for what is no position. */
function parsePosition(written: string): NamedPosition | null {
  const [, entryId, life, total] = WRITTEN.exec(written) ?? [];
  return entryId && life && total ? { entryId, life, total: Number(total) } : null;
}

export const positionOf = ({ id, life, total, seq }: LiveItem): LivePosition => ({ entryId: id, life, total, seq });

/**
 * Events between a position and the item that comes next; null where that is unknown, because the stream began anew or
 * was put back meanwhile.
 */
export function missedBefore({ life, total }: Pick<LivePosition, 'life' | 'total'>, next: LiveItem): number | null {
  if (next.life !== life) return null;
  const missed = next.total - next.count - total;
  return missed < 0 ? null : missed;
}

/** Where to go on, and whether it is known what came in between. */
export interface Resumed {
  readonly position: LivePosition;
  /** Something may be missing, and nobody knows how much. */
  readonly broken: boolean;
}

/**
 * Where somebody goes on who was at `written`. What the ring does not hold any more is found missing when the next item is
 * read. A position ahead of the ring is taken as it is: another process may have read on faster.
 */
export function resumeAt(ring: LiveRing, newest: LiveItem, written: string): Resumed {
  const named = parsePosition(written);
  if (!named) return { position: positionOf(newest), broken: true };
  const reached = ring.upTo(named.entryId);
  const seq = reached?.seq ?? 0;
  const next = ring.after(seq);
  const { life, total } = next ? { life: next.life, total: next.total - next.count - next.lost } : newest;
  if (named.life === life) return { position: { ...named, seq }, broken: false };
  return { position: { entryId: next ? named.entryId : newest.id, life, total, seq }, broken: true };
}
