import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import type { FactRange } from '@tallymark/prisma/stores/fact-changes';

/** What a fold is told: which changes of facts to take in, and where its tables are. */
export interface Fold extends FactRange {
  /** The table to write: of a rebuild, the one aside. */
  readonly table: (name: string) => string;
}

export interface ReadModelTable {
  readonly name: string;
  /** The column that says when: rows older than the floor of retention are kept as they are by a rebuild. */
  readonly time: string;
  /** Made of the other tables later: not compared by a rebuild, and begun anew. */
  readonly derived?: boolean;
}

/** Code that folds facts into a read model, which can be built anew at any time. */
export interface Projection {
  readonly name: string;
  /** Raise it with the fold or its tables: a read model of another version is rebuilt. */
  readonly version: number;
  /** Types of the events it is about, for whoever reads the list; null for all. The fold leaves out what it is not about. */
  readonly eventTypes: readonly string[] | null;
  /** How many days older than a row the facts may be that it rests on; default 0. A rebuild keeps rows that are so much newer. */
  readonly lookBackDays?: number;
  /** Tables that it alone writes. */
  readonly tables: readonly ReadModelTable[];
  /** In one transaction with its checkpoint. Pure but for its tables: the same facts give the same rows. */
  readonly fold: (tx: SqlExecutor, fold: Fold) => Promise<void>;
  /** Before a rebuild takes over the rows before a time from the live tables: leaves out what would then be counted twice. */
  readonly leaveKept?: (tx: SqlExecutor, kept: KeptRows) => Promise<void>;
}

/** Rows of the live tables before `since` are kept; `table` tells the table aside. */
export interface KeptRows {
  readonly since: Date;
  readonly table: (name: string) => string;
}
