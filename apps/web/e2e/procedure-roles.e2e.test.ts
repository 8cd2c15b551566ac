import { DEFAULT_SITE_ID, DEFAULT_TENANT_ID } from '@tallymark/contract/settings';
import { createPrisma } from '@tallymark/prisma/client';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appRouter } from '../src/trpc/app-router.ts';
import { fillWithDemoData } from './demo-data.ts';
import { PROCEDURES, type Role } from './test-support/procedure-roles.ts';
import { addViewer, cookiesOf } from './test-support/viewer.ts';
import { startWeb, type WebProcess } from './web-process.ts';

const START_MS = 90_000;
const ALL_MS = 60_000;

/** The router's own list: what is not expected here is a procedure that nobody has thought about. */
const procedures = appRouter._def.procedures as unknown as Readonly<
  Record<string, { readonly _def: { readonly type: string } }>
>;
const expected = Object.entries(PROCEDURES).flatMap(([role, names]) =>
  names.map((name) => [name, role as Role] as const),
);
/** Whose input says more than the site what is asked about. */
const INPUTS: Readonly<Record<string, object>> = { 'stats.byTenant': { tenantId: DEFAULT_TENANT_ID } };

/** A stream has begun before anybody is refused: its first message says it. */
async function streamOutcome(answer: Response): Promise<string> {
  let text = '';
  for await (const part of answer.body ?? []) {
    text += Buffer.from(part).toString('utf8');
    const refusal = /^event: serialized-error\ndata: .*"httpStatus":(\d+)/m.exec(text);
    if (refusal) return `refused ${refusal[1]}`;
    // What is told has an id to go on from.
    if (/^id: /m.test(text)) return 'let in';
  }
  return `ended with ${text}`;
}

describe('every procedure over HTTP', () => {
  const ends: (() => Promise<unknown>)[] = [];
  let web: WebProcess;
  let viewer: string;

  beforeAll(async () => {
    const [database, redis] = await Promise.all([cloneDatabase(), testRedis()]);
    ends.push(
      async () => database[Symbol.asyncDispose](),
      async () => redis[Symbol.asyncDispose](),
    );
    await fillWithDemoData(database.url);
    const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 1, applicationName: 'e2e-roles' });
    const login = await addViewer(prisma, DEFAULT_SITE_ID);
    await prisma.$disconnect();
    web = await startWeb({ databaseUrl: database.url, redisUrl: redis.url, redisPrefix: redis.prefix });
    ends.unshift(() => web.stop());
    viewer = await cookiesOf(web.baseUrl, login);
  }, START_MS);

  afterAll(async () => {
    for (const end of ends) await end();
  });

  /** `refused 401`, or `let in` where the role was no reason to refuse: an input that makes no sense may be one. */
  async function outcomeOf(name: string, cookie: string | null): Promise<string> {
    const input = JSON.stringify({ json: { siteId: DEFAULT_SITE_ID, ...INPUTS[name] } });
    const headers = { origin: web.baseUrl, 'content-type': 'application/json', ...(cookie && { cookie }) };
    const path = `${web.baseUrl}/api/trpc/${name}`;
    const answer = await (procedures[name]?._def.type === 'mutation'
      ? fetch(path, { method: 'POST', headers, body: input })
      : fetch(`${path}?input=${encodeURIComponent(input)}`, { headers }));
    if (procedures[name]?._def.type === 'subscription') return streamOutcome(answer);
    if (answer.status !== 401 && answer.status !== 403) {
      await answer.body?.cancel();
      return answer.status < 500 ? 'let in' : `failed ${answer.status}`;
    }
    const { error, ...more } = (await answer.json()) as { error?: { json?: { message?: string } } };
    expect([name, more]).toEqual([name, {}]);
    expect(error?.json?.message, name).toMatch(/\w{3}/);
    return `refused ${answer.status}`;
  }

  const outcomes = async (cookie: string | null) => {
    const told: Record<string, string> = {};
    for (const name of Object.keys(procedures)) told[name] = await outcomeOf(name, cookie);
    return told;
  };
  const expectedOf = (outcome: (role: Role) => string) =>
    Object.fromEntries(expected.map(([name, role]) => [name, outcome(role)]));

  it('is expected to be for somebody', () => {
    expect(expected.map(([name]) => name).sort()).toEqual(Object.keys(procedures).sort());
  });

  it('is refused to a stranger unless it is for anybody', { timeout: ALL_MS }, async () => {
    expect(await outcomes(null)).toEqual(expectedOf((role) => (role === 'anybody' ? 'let in' : 'refused 401')));
  });

  it('is refused to a viewer who needs to be more', { timeout: ALL_MS }, async () => {
    const mayCall = (role: Role) => role === 'anybody' || role === 'viewer';
    expect(await outcomes(viewer)).toEqual(expectedOf((role) => (mayCall(role) ? 'let in' : 'refused 403')));
  });
});
