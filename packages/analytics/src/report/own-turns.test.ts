import { expect, test } from 'vitest';
import { OwnTurns } from './own-turns.ts';

const PATIENCE_MS = 50;

test('a user does so much at the same time, and another is not held up', async () => {
  const turns = new OwnTurns(2);
  const [first, second] = [await turns.take('a', PATIENCE_MS), await turns.take('a', PATIENCE_MS)];
  const third = turns.take('a', 10_000);
  expect(await turns.take('b', PATIENCE_MS)).not.toBeNull();
  first?.();
  // A turn ends once.
  first?.();
  const taken = await third;
  expect(await turns.take('a', PATIENCE_MS)).toBeNull();
  second?.();
  taken?.();
  expect(await turns.take('a', PATIENCE_MS)).not.toBeNull();
  expect(await turns.take('a', PATIENCE_MS)).not.toBeNull();
  expect(await turns.take('a', PATIENCE_MS)).toBeNull();
});
