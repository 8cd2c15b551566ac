import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { Circuit, CircuitOpen } from './circuit.ts';

const OPEN_MS = 150;
const log = pino({ level: 'silent' });
class Down extends Error {}
class OwnFault extends Error {}

function circuitOf(failures = 2) {
  return new Circuit({ circuit: 'writes', log, failures, openMs: OPEN_MS, counts: (error) => error instanceof Down });
}
const fail = (error: Error) => () => Promise.reject(error);
const failing = (circuit: Circuit, error: Error = new Down('it is down')) =>
  circuit.run(fail(error)).catch((thrown: unknown) => thrown);
const states = (circuit: Circuit) => {
  const seen: string[] = [];
  circuit.onChange(() => seen.push(circuit.status().state));
  return seen;
};

describe('a circuit', () => {
  test('opens after so many failures in a row, refuses without asking, and says why and for how long', async () => {
    const circuit = circuitOf();
    await failing(circuit);
    await circuit.run(async () => 1);
    await failing(circuit);
    expect(circuit.status()).toMatchObject({ state: 'closed', failures: 1, opened: 0 });
    await failing(circuit);
    expect(circuit.status()).toMatchObject({
      state: 'open',
      failures: 2,
      opened: 1,
      lastFailure: { reason: 'it is down' },
    });
    let asked = 0;
    const refused = await circuit.run(async () => (asked += 1)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CircuitOpen);
    expect(refused).toMatchObject({ retryAfterSeconds: 1, cause: new Down('it is down') });
    expect((refused as CircuitOpen).retryInMs).toBeGreaterThan(0);
    expect((refused as CircuitOpen).retryInMs).toBeLessThanOrEqual(OPEN_MS);
    await expect(circuit.prepare(async () => (asked += 1))).rejects.toThrow(CircuitOpen);
    expect(asked).toBe(0);
  });

  test('lets one call probe while the others wait for what becomes of it', async () => {
    const circuit = circuitOf(1);
    const seen = states(circuit);
    await failing(circuit);
    await sleep(OPEN_MS + 20);
    let atOnce = 0;
    let most = 0;
    const probing = async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await sleep(20);
      atOnce -= 1;
      throw new Down('still');
    };
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => circuit.run(probing)));
    expect(most).toBe(1);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.constructor.name)).toEqual([
      'Down',
      'CircuitOpen',
      'CircuitOpen',
    ]);
    await sleep(OPEN_MS + 20);
    expect(await Promise.all([1, 2, 3].map((n) => circuit.run(async () => n)))).toEqual([1, 2, 3]);
    expect(seen).toEqual(['open', 'half_open', 'open', 'half_open', 'closed']);
    expect(circuit.status()).toMatchObject({ failures: 0, opened: 2, lastFailure: { reason: 'still' } });
  });

  test('what only prepares a call can open it and never close it', async () => {
    const circuit = circuitOf();
    await failing(circuit);
    await circuit.prepare(async () => 'fine');
    await expect(circuit.prepare(fail(new Down('no')))).rejects.toThrow('no');
    expect(circuit.status().state).toBe('open');
    await sleep(OPEN_MS + 20);
    expect(await circuit.prepare(async () => 'fine')).toBe('fine');
    expect(circuit.status().state).toBe('open');
    await expect(circuit.prepare(fail(new Down('no')))).rejects.toThrow('no');
    await expect(circuit.prepare(async () => 'fine')).rejects.toThrow(CircuitOpen);
  });

  test('an error that is a call’s own fault says nothing about the others', async () => {
    const circuit = circuitOf(1);
    expect(await failing(circuit, new OwnFault('mine'))).toBeInstanceOf(OwnFault);
    expect(circuit.status()).toMatchObject({ state: 'closed', failures: 0, lastFailure: null });
    await failing(circuit);
    await sleep(OPEN_MS + 20);
    expect(await failing(circuit, new OwnFault('mine'))).toBeInstanceOf(OwnFault);
    expect(circuit.status().state).toBe('closed');
  });
});
