import { describe, expect, it } from 'vitest';
import { layOutLevels } from './level-layout.ts';

const FRAME = { width: 210, height: 100, nodeWidth: 10, gap: 10, mirrored: false };
const LEVELS = [
  [{ id: 'start', sessions: 90 }],
  [
    { id: 'a', sessions: 60 },
    { id: 'end', sessions: 30 },
  ],
];
const LINKS = [
  { level: 0, from: 'start', to: 'end', sessions: 30 },
  { level: 0, from: 'start', to: 'a', sessions: 60 },
];

describe('the places of levels', () => {
  it('has nodes as high as their sessions, on one scale, within the height', () => {
    const { nodes } = layOutLevels(LEVELS, LINKS, FRAME);
    expect(nodes.map(({ node, x, y, height }) => [node.id, x, y, height])).toEqual([
      ['start', 0, 0, 90],
      ['a', 200, 0, 60],
      ['end', 200, 70, 30],
    ]);
  });

  it('stacks links in the order of their nodes, so that they do not cross at one', () => {
    const { links } = layOutLevels(LEVELS, LINKS, FRAME);
    expect(links.map(({ link, fromX, fromY, toX, toY }) => [link.to, fromX, fromY, toX, toY])).toEqual([
      ['a', 10, 30, 200, 30],
      ['end', 10, 75, 200, 85],
    ]);
  });

  it('goes from right to left where it is mirrored', () => {
    const { nodes, links } = layOutLevels(LEVELS, LINKS, { ...FRAME, mirrored: true });
    expect(nodes.map(({ x }) => x)).toEqual([200, 0, 0]);
    expect(links.map(({ fromX, toX }) => [fromX, toX])).toEqual([
      [200, 10],
      [200, 10],
    ]);
  });
});
