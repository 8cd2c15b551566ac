import { expect, test } from 'vitest';
import { layFlow } from './flow-layout.ts';

const flow = {
  name: 'received',
  value: 100,
  tone: 'main',
  parts: [
    {
      name: 'accepted',
      value: 80,
      tone: 'good',
      parts: [
        { name: 'stored', value: 60, tone: 'good' },
        { name: 'buffered', value: 20, tone: 'warn' },
      ],
    },
    { name: 'rejected', value: 20, tone: 'bad' },
    { name: 'sampled', value: 0, tone: 'plain' },
  ],
} as const;

test('heights are by value on one scale, and links cover what they leave', () => {
  const { nodes, links } = layFlow(flow, 200);
  expect(Object.fromEntries(nodes.map(({ name, height }) => [name, height]))).toEqual({
    received: 200,
    accepted: 160,
    stored: 120,
    buffered: 40,
    rejected: 40,
    sampled: 0,
  });
  const leaving = links.filter(({ column }) => column === 0);
  expect(leaving.map(({ fromY, height }) => [fromY, height])).toEqual([
    [0, 160],
    [160, 40],
  ]);
  expect(links.filter(({ column }) => column === 1).reduce((sum, { height }) => sum + height, 0)).toBe(160);
});

test('every node has room for its label, and none lies on another', () => {
  const tiny = { name: 'a', value: 1_000_000, tone: 'main' as const };
  const parts = ['b', 'c', 'd'].map((name, at) => ({ name, value: at, tone: 'plain' as const }));
  const { nodes, height } = layFlow({ ...tiny, parts }, 100);
  const second = nodes.filter(({ column }) => column === 1);
  expect(second.map(({ height: own }) => own)).toEqual([0, 1.5, 1.5]);
  for (const [at, { y }] of second.entries()) expect(y - (second[at - 1]?.y ?? -34)).toBeGreaterThanOrEqual(34);
  expect(height).toBeGreaterThanOrEqual(3 * 34);
});

test('nothing at all has no height', () => {
  const { nodes, links } = layFlow(
    { name: 'a', value: 0, tone: 'main', parts: [{ name: 'b', value: 0, tone: 'good' }] },
    100,
  );
  expect(nodes.map(({ height }) => height)).toEqual([0, 0]);
  expect(links).toEqual([]);
});
