import { auditPage, auditQuery } from '@tallymark/contract/audit';
import type { AuditContext } from './trpc.ts';
import { adminProcedure, router } from './trpc.ts';

/** For admins: what admins did. Every mutation of theirs is entered where `adminProcedure` is made. */
export function createAuditRouter() {
  return router({
    list: adminProcedure
      .input(auditQuery.optional())
      .output(auditPage)
      .query(({ ctx, input }) => (ctx as typeof ctx & AuditContext).operations.audit.list(input ?? {})),
  });
}
