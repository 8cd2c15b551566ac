import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { addSiteMember } from '@tallymark/prisma/stores/site-members';
import type { AnyProcedure } from '@trpc/server';
import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { reportRouters } from '../test-support/report-routers.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';

const OTHER_SITE = '00000000-0000-7000-8000-0000000000ff';
const MEMBER = 'member-of-another-site';

/** Inputs of procedures that look at theirs before they look at who asks, by name; all others are given a site alone. */
const INPUTS: Readonly<Record<string, object>> = {};

/** What the member of another site may ask, and why: it is of the caller's own sites. */
const OF_THE_CALLER = new Set(['members.mine']);

const procedures = Object.entries(reportRouters()._def.procedures as unknown as Record<string, AnyProcedure>);

async function openMembers(): Promise<ReportWorld> {
  const world = await openReportWorld();
  await world.prisma.site.create({ data: { id: OTHER_SITE, tenantId: DEFAULT_TENANT_ID, name: 'other' } });
  await addSiteMember(world.prisma, { siteId: OTHER_SITE, userId: MEMBER, role: 'editor' }, world.clock.now);
  return world;
}

/** The code each procedure refuses with; what it answers where it does not. */
async function codesFor(world: ReportWorld, session: { userId: string; role: string } | null) {
  const context = {
    requestContext: { session },
    operations: { reports: { ...world.deps, defaultSiteId: DEFAULT_SITE_ID } },
  };
  const caller = reportRouters().createCaller(context as never) as unknown as Record<
    string,
    (input: unknown) => unknown
  >;
  const codes: Record<string, unknown> = {};
  for (const [name] of procedures) {
    try {
      codes[name] = await caller[name]?.({ siteId: DEFAULT_SITE_ID, ...INPUTS[name] });
    } catch (error) {
      codes[name] = error instanceof TRPCError ? error.code : error;
    }
  }
  return codes;
}

const all = (code: string) => Object.fromEntries(procedures.map(([name]) => [name, code]));

describe('every procedure of the reports', () => {
  test('is refused to whoever is not signed in', async () => {
    await using world = await openMembers();
    expect(await codesFor(world, null)).toEqual(all('UNAUTHORIZED'));
  });

  test('is refused to a member of another site', async () => {
    await using world = await openMembers();
    const codes = await codesFor(world, { userId: MEMBER, role: 'user' });
    for (const name of OF_THE_CALLER) {
      expect(JSON.stringify(codes[name])).not.toContain(DEFAULT_SITE_ID);
      codes[name] = 'FORBIDDEN';
    }
    expect(codes).toEqual(all('FORBIDDEN'));
  });
});
