import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathLevels } from './path-levels.ts';

const DEPTH = 4;
const LABELS = { point: '/', nameOf: (code: number) => `/${code}` };
const paths = fc.array(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: DEPTH }), { maxLength: 40 });

const sum = (items: readonly { sessions: number }[]) => items.reduce((all, { sessions }) => all + sessions, 0);

test('what enters a node leaves it, and all of it began at the point', () => {
  fc.assert(
    fc.property(paths, fc.integer({ min: 1, max: 4 }), (all, top) => {
      const { levels, links } = pathLevels(all, LABELS, { depth: DEPTH, top });
      for (const { level, nodes } of levels) {
        expect(nodes.filter(({ kind }) => kind === 'value').length).toBeLessThanOrEqual(level === 0 ? 1 : top);
        for (const { id, kind, sessions } of nodes) {
          const entering = sum(links.filter((link) => link.level === level - 1 && link.to === id));
          const leaving = sum(links.filter((link) => link.level === level && link.from === id));
          expect(entering).toBe(level === 0 ? 0 : sessions);
          expect(leaving).toBe(kind === 'end' || level === DEPTH ? 0 : sessions);
        }
      }
      const ended = levels.flatMap(({ nodes }) => nodes.filter(({ kind }) => kind === 'end'));
      const last = levels.find(({ level }) => level === DEPTH)?.nodes.filter(({ kind }) => kind !== 'end') ?? [];
      expect(sum(ended) + sum(last)).toBe(all.length);
      expect(sum(levels[0]?.nodes ?? [])).toBe(all.length);
    }),
  );
});

test('levels tell the top apart and count the rest together', () => {
  const all = [[1, 2], [1, 2], [1, 3], [2], [3], [4], []];
  expect(pathLevels(all, LABELS, { depth: 2, top: 2 })).toEqual({
    levels: [
      { level: 0, nodes: [{ id: '0:/', kind: 'value', value: '/', sessions: 7 }] },
      {
        level: 1,
        nodes: [
          { id: '1:/1', kind: 'value', value: '/1', sessions: 3 },
          { id: '1:/2', kind: 'value', value: '/2', sessions: 1 },
          { id: '1(other)', kind: 'other', value: null, sessions: 2 },
          { id: '1(end)', kind: 'end', value: null, sessions: 1 },
        ],
      },
      {
        level: 2,
        nodes: [
          { id: '2:/2', kind: 'value', value: '/2', sessions: 2 },
          { id: '2:/3', kind: 'value', value: '/3', sessions: 1 },
          { id: '2(end)', kind: 'end', value: null, sessions: 3 },
        ],
      },
    ],
    links: [
      { level: 0, from: '0:/', to: '1:/1', sessions: 3 },
      { level: 0, from: '0:/', to: '1(other)', sessions: 2 },
      { level: 0, from: '0:/', to: '1:/2', sessions: 1 },
      { level: 0, from: '0:/', to: '1(end)', sessions: 1 },
      { level: 1, from: '1:/1', to: '2:/2', sessions: 2 },
      { level: 1, from: '1(other)', to: '2(end)', sessions: 2 },
      { level: 1, from: '1:/1', to: '2:/3', sessions: 1 },
      { level: 1, from: '1:/2', to: '2(end)', sessions: 1 },
    ],
  });
});

test('nobody went nowhere', () => {
  expect(pathLevels([], LABELS, { depth: 3, top: 8 })).toEqual({ levels: [], links: [] });
});
