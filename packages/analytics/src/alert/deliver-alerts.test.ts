import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from '@tallymark/testing/eventually';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { WEBHOOK_RETRIES } from '../subscribe/retry-policy.ts';
import { verifyWebhook } from '../subscribe/webhook-signature.ts';
import { pageView } from '../test-support/enrichment-world.ts';
import { ADMIN, openAlertReceiver, openAlertWorld, signal } from './test-support/alert-world.ts';

const PROCESS = fileURLToPath(new URL('./test-support/alert-process.ts', import.meta.url));

describe('a webhook', () => {
  test('gets a signed request for each change, in order', async () => {
    await using world = await openAlertWorld();
    await using receiver = await openAlertReceiver();
    const { id, secret } = await world.save({ webhookUrl: receiver.url, windowMinutes: 10, coolDownMinutes: 1 });
    await world.round();
    await world.record([pageView(0)]);
    for (const minute of [1, 2, 20]) {
      world.at(minute);
      await world.round();
    }
    expect(receiver.received.map(({ sent }) => [sent.event.what, sent.alert.state])).toEqual([
      ['fired', 'firing'],
      ['reminded', 'firing'],
      ['resolved', 'ok'],
    ]);
    const [{ headers, body, sent } = expect.fail()] = receiver.received;
    expect(sent).toMatchObject({
      alert: { id, name: 'Rule', siteId: expect.any(String) },
      event: { alertId: id, value: 1, message: '/pageViews of stats.overview in 10 minutes: 1; told above 0.' },
    });
    const header = String(headers['x-tallymark-signature']);
    const now = () => new Date(Number(/t=(\d+)/.exec(header)?.[1]) * 1_000);
    expect(verifyWebhook({ secret: secret ?? '', header, body, now: now() })).toBe(true);
    expect(verifyWebhook({ secret: 'another secret of somebody', header, body, now: now() })).toBe(false);
    expect(headers['x-tallymark-delivery']).toBe(sent.deliveryId);
    expect(new Set(receiver.received.map(({ sent: one }) => one.deliveryId)).size).toBe(3);
    expect(await world.round()).toMatchObject({ delivered: 0 });
  });

  test('that refuses is tried again after growing waits, with the same id; what comes later waits behind it', async () => {
    await using world = await openAlertWorld();
    await using receiver = await openAlertReceiver();
    await world.record([pageView(0)]);
    const { id } = await world.save({ webhookUrl: receiver.url, windowMinutes: 5 });
    const other = await world.save({ name: 'Of another receiver', windowMinutes: 5 });
    receiver.answer = (response) => response.writeHead(503, { 'retry-after': '120' }).end();
    world.at(1);
    await world.round({ retries: WEBHOOK_RETRIES });
    const rule = () => world.prisma.alertRule.findUniqueOrThrow({ where: { id } });
    expect(await rule()).toMatchObject({ state: 'firing', deliveryError: 'The receiver answered 503.' });
    world.at(2);
    await world.round({ retries: WEBHOOK_RETRIES });
    expect(receiver.received).toHaveLength(1);
    receiver.answer = (response) => response.writeHead(200).end();
    world.at(10);
    expect(await world.round()).toMatchObject({ delivered: 2 });
    expect(receiver.received.map(({ sent }) => sent.event.what)).toEqual(['fired', 'fired', 'resolved']);
    const [first, second] = receiver.received.map(({ sent }) => sent.deliveryId);
    expect(second).toBe(first);
    expect(await rule()).toMatchObject({ state: 'ok', deliveryError: null });
    expect(await world.history(other.id)).toMatchObject([{ what: 'fired' }, { what: 'resolved' }]);
  });

  test.each([
    ['gives up after the last attempt', 500, 3],
    ['gives up at once where the receiver is gone', 410, 1],
  ])('%s, and the rule says so', async (_name, status, attempts) => {
    await using world = await openAlertWorld();
    await using receiver = await openAlertReceiver();
    await world.record([pageView(0)]);
    const { id } = await world.save({ webhookUrl: receiver.url });
    receiver.answer = (response) => response.writeHead(status).end();
    for (const minute of [1, 2, 3, 4, 5]) {
      world.at(minute);
      await world.round();
    }
    expect(receiver.received).toHaveLength(attempts);
    const { deliveryError } = await world.prisma.alertRule.findUniqueOrThrow({ where: { id } });
    expect(deliveryError).toMatch(new RegExp(`${status}.*Given up after ${attempts} attempts`));
  });

  test('inside is refused when it is sent to, unless that is allowed', async () => {
    await using world = await openAlertWorld();
    await using receiver = await openAlertReceiver();
    await world.record([pageView(0)]);
    const { id } = await world.save({ webhookUrl: receiver.url.replace('127.0.0.1', 'localhost') });
    world.at(1);
    await world.round({ allowPrivateNetworks: false });
    expect(receiver.received).toEqual([]);
    const { deliveryError } = await world.prisma.alertRule.findUniqueOrThrow({ where: { id } });
    expect(deliveryError).toContain('webhooks are not sent to');
  });

  test('of a rule that has none any more, or is removed, gets nothing more', async () => {
    await using world = await openAlertWorld();
    await using receiver = await openAlertReceiver();
    await world.record([pageView(0)]);
    const without = await world.save({ webhookUrl: receiver.url });
    const removed = await world.save({ webhookUrl: receiver.url });
    receiver.answer = (response) => response.writeHead(503).end();
    world.at(1);
    await world.round();
    expect(receiver.received).toHaveLength(2);
    await world.alerts.change({ id: without.id, webhookUrl: null }, ADMIN);
    await world.alerts.remove(removed.id);
    world.at(2);
    await world.round();
    expect(receiver.received).toHaveLength(2);
    expect(await world.prisma.alertEvent.count({ where: { webhookDueAt: { not: null } } })).toBe(0);
    expect(await world.history(removed.id)).toMatchObject([{ what: 'fired' }]);
  });

  test('hears of a change although the process was killed behind it: once more of what it may have, with the same id', async () => {
    await using world = await openAlertWorld();
    await using receiver = await openAlertReceiver();
    await world.record([pageView(0)]);
    const { id } = await world.save({ webhookUrl: receiver.url });
    world.at(1);
    // It never answers, so that the process is killed after the event and before it knows of the delivery.
    receiver.answer = () => {};
    const args = [PROCESS, world.databaseUrl, world.clock.now.toISOString(), '1000'];
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], { stdio: 'ignore' });
    const ended = once(child, 'exit');
    try {
      await eventually(() => receiver.received.length === 1, { timeoutMs: 20_000 });
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    receiver.answer = (response) => response.writeHead(204).end();
    expect(await world.history(id)).toMatchObject([{ what: 'fired' }]);
    await eventually(async () => (await world.round()) !== null, { timeoutMs: 5_000 });
    expect(await world.history(id)).toMatchObject([{ what: 'fired' }]);
    expect(receiver.received.map(({ sent }) => sent.event.what)).toEqual(['fired', 'fired']);
    expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body);
    expect(await world.round()).toMatchObject({ delivered: 0 });
  });
});

test('the log has each change once: what asks for somebody as a warning, the rest as information', async () => {
  await using world = await openAlertWorld();
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
  await world.record([pageView(0)]);
  const { id } = await world.save({ windowMinutes: 5 });
  for (const minute of [1, 2, 10]) {
    world.at(minute);
    await world.evaluator().evaluateAll({ log, signal });
  }
  // As a process leaves it that was killed before it had written.
  await world.prisma.alertEvent.updateMany({ where: { what: 'resolved' }, data: { logged: false } });
  await world.evaluator().evaluateAll({ log, signal });
  const told = lines.map((line) => JSON.parse(line)).filter(({ alertId }) => alertId === id);
  expect(told.map(({ level, what, state, value }) => [level, what, state, value])).toEqual([
    [40, 'fired', 'firing', 1],
    [30, 'resolved', 'ok', 0],
    [30, 'resolved', 'ok', 0],
  ]);
  expect(told[0].msg).toBe('alert fired: /pageViews of stats.overview in 5 minutes: 1; told above 0.');
});
