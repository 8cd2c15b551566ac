/** A quantity that splits up into its parts. */
export interface FlowNode {
  readonly name: string;
  readonly value: number;
  readonly tone: FlowTone;
  readonly parts?: readonly FlowNode[];
}

export type FlowTone = 'main' | 'good' | 'plain' | 'warn' | 'bad';

export interface PlacedNode {
  readonly name: string;
  readonly value: number;
  readonly tone: FlowTone;
  readonly column: number;
  readonly y: number;
  readonly height: number;
}

export interface PlacedLink {
  readonly tone: FlowTone;
  readonly column: number;
  /** Top edge where it leaves and where it arrives; both as high as `height`. */
  readonly fromY: number;
  readonly toY: number;
  readonly height: number;
}

export interface FlowLayout {
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly PlacedLink[];
  readonly height: number;
}

/** Room for a label beside every node, however thin it is. */
const LABEL_HEIGHT = 34;
const LEAST_HEIGHT = 1.5;

/**
 * Places a quantity, its parts and theirs in columns; heights are by value, on one scale for all. What is 0 has a label and
 * no height. Links leave a node one below the other, so that they cover it where its parts add up to it.
 */
export function layFlow(root: FlowNode, rootHeight: number): FlowLayout {
  const scale = root.value > 0 ? rootHeight / root.value : 0;
  const heightOf = (value: number) => (value > 0 ? Math.max(value * scale, LEAST_HEIGHT) : 0);
  const nodes: PlacedNode[] = [];
  const links: PlacedLink[] = [];
  const nextFree: number[] = [];
  const place = (node: FlowNode, column: number): PlacedNode => {
    const y = nextFree[column] ?? 0;
    const height = heightOf(node.value);
    nextFree[column] = y + Math.max(height + 10, LABEL_HEIGHT);
    const placed = { name: node.name, value: node.value, tone: node.tone, column, y, height };
    nodes.push(placed);
    let fromY = y;
    for (const part of node.parts ?? []) {
      const { y: toY, height: own } = place(part, column + 1);
      if (own > 0) links.push({ tone: part.tone, column, fromY, toY, height: own });
      fromY += part.value * scale;
    }
    return placed;
  };
  place(root, 0);
  return { nodes, links, height: Math.max(...nextFree) };
}
