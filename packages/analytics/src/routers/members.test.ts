import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openQuestions } from '../test-support/question-world.ts';
import { openReportWorld, type ReportWorld } from '../test-support/report-world.ts';
import { createMembersRouter } from './members.ts';
import { siteProcedure } from './report-procedure.ts';
import { createCallerFactory, router } from './trpc.ts';

const OTHER_SITE = 'AAAAAAAA-0000-7000-8000-0000000000ff';
const NO_SITE = '00000000-0000-7000-8000-0000000000aa';

const site = z.object({ siteId: z.guid().optional() });
/** The members, and what being one is good for. */
const membersAndSites = () =>
  router({
    members: createMembersRouter(),
    see: siteProcedure('viewer')
      .input(site)
      .query(() => 'seen'),
    save: siteProcedure('editor')
      .input(site)
      .mutation(() => 'saved'),
  });
const createCaller = createCallerFactory(membersAndSites());

const operationsOf = ({ deps }: ReportWorld) => ({ reports: { ...deps, defaultSiteId: DEFAULT_SITE_ID } });

function callerOf(world: ReportWorld, session: { userId: string; role: string } | null) {
  const context = { requestContext: { session }, operations: operationsOf(world), eventIngestion: {} as never };
  return createCaller(context);
}

const admin = { userId: 'root', role: 'admin' };
const user = (userId: string) => ({ userId, role: 'user' });

const codeOf = (work: Promise<unknown>) =>
  work.catch((error: unknown) => (error instanceof TRPCError ? error.code : error));

async function openSites(): Promise<ReportWorld> {
  const world = await openReportWorld();
  await world.prisma.site.create({ data: { id: OTHER_SITE, tenantId: DEFAULT_TENANT_ID, name: 'Another site' } });
  return world;
}

describe('the members of a site', () => {
  test('are added, listed, changed and removed by an admin', async () => {
    await using world = await openSites();
    const { members } = callerOf(world, admin);
    const addedAt = world.clock.now.toISOString();
    const ada = { siteId: DEFAULT_SITE_ID, userId: 'ada' };
    expect(await members.add({ ...ada, role: 'viewer' })).toEqual({ userId: 'ada', role: 'viewer', addedAt });
    await members.add({ siteId: OTHER_SITE, userId: 'ada', role: 'editor' });
    await members.add({ siteId: DEFAULT_SITE_ID, userId: '0', role: 'editor' });
    expect(await codeOf(members.add({ ...ada, role: 'editor' }))).toBe('CONFLICT');
    expect(await members.list({ siteId: DEFAULT_SITE_ID })).toEqual({
      siteId: DEFAULT_SITE_ID,
      members: [
        { userId: '0', role: 'editor', addedAt },
        { userId: 'ada', role: 'viewer', addedAt },
      ],
    });
    await members.change({ ...ada, role: 'editor' });
    expect((await members.list({ siteId: DEFAULT_SITE_ID })).members[1]?.role).toBe('editor');
    await members.remove(ada);
    expect((await members.list({ siteId: DEFAULT_SITE_ID })).members).toHaveLength(1);
    expect((await members.list({ siteId: OTHER_SITE })).members).toHaveLength(1);
    expect(await codeOf(members.remove(ada))).toBe('NOT_FOUND');
    expect(await codeOf(members.change({ ...ada, role: 'editor' }))).toBe('NOT_FOUND');
    expect(await codeOf(members.add({ siteId: NO_SITE, userId: 'ada', role: 'viewer' }))).toBe('NOT_FOUND');
    expect(await codeOf(members.list({ siteId: NO_SITE }))).toBe('NOT_FOUND');
    expect(await codeOf(members.add({ ...ada, role: 'admin' as 'editor' }))).toBe('BAD_REQUEST');
    expect(await codeOf(members.add({ ...ada, userId: 'a\0', role: 'viewer' }))).toBe('BAD_REQUEST');
  });

  test('may what their role says on their site, and nothing on others', async () => {
    await using world = await openSites();
    const { members } = callerOf(world, admin);
    await members.add({ siteId: DEFAULT_SITE_ID, userId: 'viewer', role: 'viewer' });
    await members.add({ siteId: DEFAULT_SITE_ID, userId: 'editor', role: 'editor' });
    const mayDo = async (session: Parameters<typeof callerOf>[1], siteId: string) => {
      const { see, save } = callerOf(world, session);
      return [await codeOf(see({ siteId })), await codeOf(save({ siteId }))];
    };
    expect(await mayDo(null, DEFAULT_SITE_ID)).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED']);
    expect(await mayDo(user('nobody'), DEFAULT_SITE_ID)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(await mayDo(user('viewer'), DEFAULT_SITE_ID)).toEqual(['seen', 'FORBIDDEN']);
    expect(await mayDo(user('editor'), DEFAULT_SITE_ID)).toEqual(['seen', 'saved']);
    expect(await mayDo(user('editor'), OTHER_SITE)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
    expect(await mayDo(admin, OTHER_SITE)).toEqual(['seen', 'saved']);
    await members.change({ siteId: DEFAULT_SITE_ID, userId: 'editor', role: 'viewer' });
    expect(await mayDo(user('editor'), DEFAULT_SITE_ID)).toEqual(['seen', 'FORBIDDEN']);
    await members.remove({ siteId: DEFAULT_SITE_ID, userId: 'editor' });
    expect(await mayDo(user('editor'), DEFAULT_SITE_ID)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  });

  test('see their sites, and admins all of them, the default one first', async () => {
    await using world = await openSites();
    await callerOf(world, admin).members.add({ siteId: OTHER_SITE, userId: 'ada', role: 'viewer' });
    const mine = async (session: Parameters<typeof callerOf>[1]) =>
      (await callerOf(world, session).members.mine()).sites.map(({ name, role }) => [name, role]);
    expect(await mine(user('ada'))).toEqual([['Another site', 'viewer']]);
    expect(await mine(user('nobody'))).toEqual([]);
    expect(await mine(admin)).toEqual([
      ['Default site', 'admin'],
      ['Another site', 'admin'],
    ]);
    expect(await codeOf(mine(null))).toBe('UNAUTHORIZED');
  });

  test.each([
    ['a stranger', null, 'UNAUTHORIZED'],
    ['a member of another site', user('other'), 'FORBIDDEN'],
    ['an editor of the site', user('editor'), 'FORBIDDEN'],
  ])('are not for %s to look at or to change', async (_who, session, code) => {
    await using world = await openSites();
    const own = callerOf(world, admin).members;
    await own.add({ siteId: OTHER_SITE, userId: 'other', role: 'editor' });
    await own.add({ siteId: DEFAULT_SITE_ID, userId: 'editor', role: 'editor' });
    const before = await world.prisma.siteMember.findMany();
    const { members } = callerOf(world, session);
    const editor = { siteId: DEFAULT_SITE_ID, userId: 'editor' };
    expect([
      await codeOf(members.list({ siteId: DEFAULT_SITE_ID })),
      await codeOf(members.add({ siteId: DEFAULT_SITE_ID, userId: 'other', role: 'editor' })),
      await codeOf(members.change({ ...editor, role: 'viewer' })),
      await codeOf(members.remove(editor)),
    ]).toEqual([code, code, code, code]);
    expect(await world.prisma.siteMember.findMany()).toEqual(before);
  });

  test('are asked for as plain JSON too', async () => {
    await using world = await openSites();
    await callerOf(world, admin).members.add({ siteId: OTHER_SITE, userId: '=ada', role: 'viewer' });
    await using questions = await openQuestions(membersAndSites(), operationsOf(world));
    expect((await questions.ask('members.mine')).status).toBe(401);
    questions.signIn(user('=ada'));
    expect(await (await questions.ask('members.mine')).json()).toMatchObject({ sites: [{ name: 'Another site' }] });
    expect((await questions.ask(`members.list?siteId=${OTHER_SITE}`)).status).toBe(403);
    questions.signIn(admin);
    const csv = await (await questions.ask(`members.list?siteId=${OTHER_SITE}&format=csv`)).text();
    expect(csv).toBe(`userId,role,addedAt\r\n'=ada,viewer,${world.clock.now.toISOString()}\r\n`);
  });
});
