import { EventIngestionService } from '@tallymark/analytics/ingest/service';
import { type DemoPlan, demoPlan } from '@tallymark/contract/demo-plan';
import { createPrisma } from '@tallymark/prisma/client';
import { connectRedis, redisReady } from '@tallymark/redis/connect';
import { cloneDatabase } from '@tallymark/testing/database';
import { testRedis } from '@tallymark/testing/redis';
import { hashPassword } from 'better-auth/crypto';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_ADDRESS_HEADER } from '../client-address.ts';
import { createTrackLater } from '../tracking/track-later.ts';
import { createAuth } from './create-auth.ts';
import { loginHook } from './login-hook.ts';

const BASE_URL = 'http://studio.example';
const EMAIL = 'ada@studio.example';
const PASSWORD = 'a-good-password';
const VISIT = '6c46821d-b417-4b1d-9c25-4ab4953475ca';
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Logins against a real database and a real buffer; events are tracked at once instead of after the answer. */
async function openWorld() {
  const [database, keys] = await Promise.all([cloneDatabase(), testRedis()]);
  const log = pino({ level: 'silent' });
  const prisma = createPrisma({ databaseUrl: database.url, maxConnections: 4, applicationName: 'create-auth.test' });
  const redis = connectRedis({ url: keys.url, prefix: keys.prefix, name: 'create-auth.test' });
  await redisReady(redis, 5_000);
  const options = { plan: demoPlan, hashSalt: 'only-for-this-test', log, runFlusher: false };
  const eventIngestion = new EventIngestionService<DemoPlan>(prisma, redis, null, options);
  const { trackLater, settled } = createTrackLater({ eventIngestion, schedule: (task) => void task(), log });
  const afterEndpoint = loginHook({ prisma, trackLater, trustedProxyHops: 0 });
  const secret = 'only-for-this-test-only-for-this-test';
  const auth = createAuth({ prisma, log, secret, baseUrl: BASE_URL, afterEndpoint });

  const user = await prisma.user.create({ data: { name: 'Ada', email: EMAIL } });
  const password = await hashPassword(PASSWORD);
  const credential = { userId: user.id, providerId: 'credential', accountId: user.id };
  await prisma.account.create({ data: { ...credential, password } });

  let addresses = 0;
  return {
    prisma,
    eventIngestion,
    user,
    /** From another address each time, unless told otherwise: attempts are counted by address. */
    post(path: string, body: unknown, headers: Record<string, string> = {}) {
      addresses += 1;
      const from = { [CLIENT_ADDRESS_HEADER]: `192.0.2.${addresses}`, origin: BASE_URL };
      return auth.handler(
        new Request(`${BASE_URL}/api/auth${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', cookie: `tm_session=${VISIT}`, ...from, ...headers },
          body: JSON.stringify(body),
        }),
      );
    },
    /** What was tracked since the last call. */
    async events() {
      await settled();
      await eventIngestion.forceFlush();
      const events = await prisma.event.findMany({ orderBy: { id: 'asc' } });
      await prisma.event.deleteMany();
      return events;
    },
    async close() {
      await eventIngestion.shutdown();
      redis.disconnect();
      await prisma.$disconnect();
      await keys[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

describe('logging in', () => {
  let world: Awaited<ReturnType<typeof openWorld>>;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('opens a session and counts once, as the user', async () => {
    const { post, events, prisma, user } = world;
    const response = await post('/sign-in/email', { email: EMAIL.toUpperCase(), password: PASSWORD });
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(/HttpOnly; SameSite=Lax$/)]);
    expect((await prisma.session.findMany()).map(({ id }) => id)).toEqual([expect.stringMatching(UUID_V7)]);
    expect(await events()).toMatchObject([
      {
        eventType: 'user_login',
        entityId: user.id,
        actorId: user.id,
        sessionId: VISIT,
        propsJson: { loginMethod: 'password', success: true },
      },
    ]);
  });

  it('counts a wrong password once, for the user it was aimed at, and as nobody', async () => {
    const { post, events, user } = world;
    expect((await post('/sign-in/email', { email: EMAIL, password: 'a-bad-password' })).status).toBe(401);
    const tracked = await events();
    expect(tracked).toMatchObject([{ entityId: user.id, actorId: null, sessionId: VISIT }]);
    expect(tracked[0]?.propsJson).toEqual({
      loginMethod: 'password',
      success: false,
      failureReason: 'invalid_email_or_password',
    });
  });

  it.each([
    ['an email of nobody', { email: 'nobody@studio.example', password: PASSWORD }, 401],
    ['an email that is none', { email: 'nobody', password: PASSWORD }, 400],
    ['a body that is none', { email: 5 }, 400],
  ])('counts %s once, without what was typed', async (_name, body, status) => {
    expect((await world.post('/sign-in/email', body)).status).toBe(status);
    const tracked = await world.events();
    expect(tracked).toMatchObject([{ entityId: 'unknown', actorId: null, propsJson: { success: false } }]);
    expect(JSON.stringify(tracked)).not.toMatch(/nobody|a-good-password/);
  });

  it('lets no request choose a role', async () => {
    const { post, prisma, user } = world;
    const login = await post('/sign-in/email', { email: EMAIL, password: PASSWORD });
    const cookie = login.headers
      .getSetCookie()
      .map((header) => header.split(';')[0])
      .join('; ');
    await post('/update-user', { name: 'Ada', role: 'admin' }, { cookie });
    const signUp = { email: 'eve@studio.example', password: PASSWORD, name: 'Eve', role: 'admin' };
    expect((await post('/sign-up/email', signUp)).ok).toBe(false);
    expect(await prisma.user.findMany({ select: { id: true, role: true } })).toEqual([{ id: user.id, role: 'member' }]);
  });

  it('ends after ten attempts a minute from one address', async () => {
    const attempt = () => {
      const from = { [CLIENT_ADDRESS_HEADER]: '198.51.100.7' };
      return world.post('/sign-in/email', { email: EMAIL, password: 'a-bad-password' }, from);
    };
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) statuses.push((await attempt()).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  });

  it('works while nothing can be tracked', async () => {
    await world.eventIngestion.shutdown();
    expect((await world.post('/sign-in/email', { email: EMAIL, password: PASSWORD })).status).toBe(200);
  });
});
