import type { AuditPage, AuditQuery } from '@tallymark/contract/audit';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { insertAuditEntry, listAuditEntries } from '@tallymark/prisma/stores/audit-log';
import type { Logger } from 'pino';
import { before } from '../ingest/deadline.ts';
import { IdentityHasher } from '../ingest/identity.ts';
import { auditBegins } from './audit-begins.ts';
import { changeOf, targetOf } from './audit-change.ts';

export interface AuditDeps {
  readonly store: SqlExecutor;
  /** Of the hashes of addresses; the one that events have. */
  readonly hashSalt: string;
  readonly log: Logger;
  readonly now: () => Date;
}

/** An admin's action that has happened. */
export interface AdminAction {
  /** Such as `sites.createKey`. */
  readonly procedure: string;
  readonly input: unknown;
  readonly output: unknown;
  readonly requestContext: RequestContext;
}

const PAGE = 50;
/** An admin waits no longer for the entry of what is done already. */
const PATIENCE_MS = 3_000;

/** What admins did, in Postgres, for a year: older entries are not told, and a job removes them. */
export class AuditLog {
  private readonly hasher: IdentityHasher;

  constructor(private readonly deps: AuditDeps) {
    this.hasher = new IdentityHasher(deps.hashSalt);
  }

  /** Never throws: the action has happened, and a failure here must not pass for one of the action. */
  async record({ procedure, input, output, requestContext }: AdminAction): Promise<void> {
    const { store, log, now } = this.deps;
    const { session, ipAddress, correlationId = null } = requestContext;
    const userId = session?.userId ?? '';
    try {
      const at = now();
      const target = targetOf(input, output);
      const addressHash = ipAddress ? (this.hasher.identify({ ipAddress }, '', at).ipHash ?? null) : null;
      const entry = { at, userId, procedure, target, change: changeOf(input), addressHash, correlationId };
      await before(performance.now() + PATIENCE_MS, insertAuditEntry(store, entry));
    } catch (error) {
      log.error({ err: error, procedure, userId, correlationId }, 'an admin action is missing from the audit log');
    }
  }

  /** Newest first, of the last year. */
  async list({ cursor, limit = PAGE, userId, procedure }: AuditQuery): Promise<AuditPage> {
    const found = await listAuditEntries(this.deps.store, {
      userId: userId ?? null,
      procedure: procedure ?? null,
      since: auditBegins(this.deps.now()),
      before: cursor ?? null,
      limit: limit + 1,
    });
    const entries = found.slice(0, limit);
    return { entries, nextCursor: found.length > limit ? (entries.at(-1)?.id ?? null) : null };
  }
}
