export interface LevelNode {
  readonly id: string;
  readonly sessions: number;
}

export interface LevelLink {
  readonly level: number;
  readonly from: string;
  readonly to: string;
  readonly sessions: number;
}

export interface PlacedNode<Node> {
  readonly node: Node;
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface PlacedLink {
  readonly link: LevelLink;
  readonly key: string;
  /** The middle of the band where it leaves and where it arrives. */
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
  readonly thickness: number;
}

export interface LevelFrame {
  readonly width: number;
  readonly height: number;
  readonly nodeWidth: number;
  readonly gap: number;
  /** Level 0 stands right, and the others left of it. */
  readonly mirrored: boolean;
}

/** Places levels side by side, and in each its nodes, one below the other, as high as they have sessions. */
export function layOutLevels<Node extends LevelNode>(
  levels: readonly (readonly Node[])[],
  links: readonly LevelLink[],
  { width, height, nodeWidth, gap, mirrored }: LevelFrame,
): { nodes: PlacedNode<Node>[]; links: PlacedLink[] } {
  const scale = Math.min(...levels.map((nodes) => (height - gap * (nodes.length - 1)) / Math.max(1, sum(nodes))));
  const step = levels.length > 1 ? (width - nodeWidth) / (levels.length - 1) : 0;
  const nodes = levels.flatMap((ofLevel, level) => {
    let y = 0;
    return ofLevel.map((node): PlacedNode<Node> => {
      const place = { node, level, x: (mirrored ? levels.length - 1 - level : level) * step, y };
      const tall = Math.max(node.sessions * scale, 1);
      y += tall + gap;
      return { ...place, height: tall };
    });
  });
  const placeOf = new Map(nodes.map((placed) => [placed.node.id, placed]));
  // How much of a node's side is taken already by the links before.
  const leaving = new Map<string, number>();
  const arriving = new Map<string, number>();
  const order = new Map(nodes.map(({ node }, n) => [node.id, n]));
  const sorted = [...links].sort(
    (a, b) => a.level - b.level || rank(order, a.from) - rank(order, b.from) || rank(order, a.to) - rank(order, b.to),
  );
  const placed = sorted.flatMap((link): PlacedLink[] => {
    const [from, to] = [placeOf.get(link.from), placeOf.get(link.to)];
    if (!from || !to) return [];
    const thickness = link.sessions * scale;
    const [left, arrived] = [leaving.get(link.from) ?? 0, arriving.get(link.to) ?? 0];
    leaving.set(link.from, left + thickness);
    arriving.set(link.to, arrived + thickness);
    return [
      {
        link,
        key: `${link.from} ${link.to}`,
        fromX: mirrored ? from.x : from.x + nodeWidth,
        fromY: from.y + left + thickness / 2,
        toX: mirrored ? to.x + nodeWidth : to.x,
        toY: to.y + arrived + thickness / 2,
        thickness,
      },
    ];
  });
  return { nodes, links: placed };
}

const sum = (nodes: readonly LevelNode[]) => nodes.reduce((total, { sessions }) => total + sessions, 0);
const rank = (order: ReadonlyMap<string, number>, id: string) => order.get(id) ?? 0;
