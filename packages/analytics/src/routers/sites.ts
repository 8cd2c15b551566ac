import {
  hostsInput,
  MOST_KEYS,
  newSite,
  newSiteKey,
  renamedSite,
  renamedSiteKey,
  type Site,
  type SiteKey,
  site,
  siteInput,
  siteKey,
  siteKeyInput,
  siteKeyList,
  siteKeyOrigins,
  siteList,
} from '@tallymark/contract/site-keys';
import { randomSiteKey } from '@tallymark/prisma/site-key';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { changeSiteKey, insertSiteKey, listSiteKeys, revokeSiteKey } from '@tallymark/prisma/stores/site-keys';
import { changeSite, insertSite, listSites } from '@tallymark/prisma/stores/site-list';
import { findTenantOfSite } from '@tallymark/prisma/stores/sites';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { TRPCError } from '@trpc/server';
import { reportAdminProcedure } from './report-procedure.ts';
import { router } from './trpc.ts';

/** For admins: sites, and the public keys that browsers send with. A change of a key is everywhere within a minute. */
export function createSitesRouter() {
  return router({
    list: reportAdminProcedure
      .output(siteList)
      .query(async ({ ctx }) => ({ sites: await listSites(ctx.reports.prisma) })),

    create: reportAdminProcedure
      .input(newSite)
      .output(site)
      .mutation(async ({ ctx, input }) => {
        const { prisma, now, defaultSiteId } = ctx.reports;
        const tenantId = input.tenantId ?? (await findTenantOfSite(prisma, defaultSiteId));
        const at = now();
        const id = uuidV7(at.getTime());
        if (tenantId === null || !(await insertSite(prisma, { id, tenantId, name: input.name, at }))) {
          throw new TRPCError({
            code: 'NOT_FOUND',
            message: `There is no tenant ${tenantId ?? 'of the default site'}.`,
          });
        }
        return siteOf(prisma, id);
      }),

    rename: reportAdminProcedure
      .input(renamedSite)
      .output(site)
      .mutation(async ({ ctx, input: { siteId, name } }) => {
        if (!(await changeSite(ctx.reports.prisma, siteId, { name }))) throw noSite(siteId);
        return siteOf(ctx.reports.prisma, siteId);
      }),

    /** All of them: referrers of other hosts are external from then on. */
    hosts: reportAdminProcedure
      .input(hostsInput)
      .output(site)
      .mutation(async ({ ctx, input: { siteId, hosts } }) => {
        if (!(await changeSite(ctx.reports.prisma, siteId, { hosts }))) throw noSite(siteId);
        return siteOf(ctx.reports.prisma, siteId);
      }),

    keys: reportAdminProcedure
      .input(siteInput)
      .output(siteKeyList)
      .query(async ({ ctx, input: { siteId } }) => {
        await siteOf(ctx.reports.prisma, siteId);
        return { siteId, keys: await listSiteKeys(ctx.reports.prisma, siteId) };
      }),

    createKey: reportAdminProcedure
      .input(newSiteKey)
      .output(siteKey)
      .mutation(async ({ ctx, input }) => {
        const { prisma, now } = ctx.reports;
        await siteOf(prisma, input.siteId);
        const added = await insertSiteKey(prisma, { ...input, key: randomSiteKey(), at: now() }, MOST_KEYS);
        if (added) return added;
        const message = `The site has ${MOST_KEYS} keys, as many as there may be. Revoke one first.`;
        throw new TRPCError({ code: 'CONFLICT', message });
      }),

    renameKey: reportAdminProcedure
      .input(renamedSiteKey)
      .output(siteKey)
      .mutation(async ({ ctx, input: { key, name } }) => found(await changeSiteKey(ctx.reports.prisma, key, { name }))),

    /** All of them; none means any origin. */
    setOrigins: reportAdminProcedure
      .input(siteKeyOrigins)
      .output(siteKey)
      .mutation(async ({ ctx, input: { key, origins } }) =>
        found(await changeSiteKey(ctx.reports.prisma, key, { origins })),
      ),

    /** For good. What browsers still send with it is refused, and stays with them. */
    revokeKey: reportAdminProcedure
      .input(siteKeyInput)
      .output(siteKey)
      .mutation(async ({ ctx, input: { key } }) =>
        found(await revokeSiteKey(ctx.reports.prisma, key, ctx.reports.now())),
      ),
  });
}

async function siteOf(db: SqlExecutor, siteId: string): Promise<Site> {
  const [one] = await listSites(db, siteId);
  if (!one) throw noSite(siteId);
  return one;
}

function found(key: SiteKey | null): SiteKey {
  if (key) return key;
  throw new TRPCError({ code: 'NOT_FOUND', message: 'There is no such key, or it is revoked.' });
}

const noSite = (siteId: string) => new TRPCError({ code: 'NOT_FOUND', message: `There is no site ${siteId}.` });
