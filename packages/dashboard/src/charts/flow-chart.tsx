import { writeCount } from '../format/numbers.ts';
import { type FlowNode, type FlowTone, layFlow, type PlacedLink, type PlacedNode } from './flow-layout.ts';

const WIDTH = 640;
const ROOT_HEIGHT = 240;
const BAR = 10;
/** Where the bars of a column stand; right of them there is room for labels. */
const COLUMN_X = [0, 250, 500] as const;
const LABEL_GAP = 8;

const COLORS: Readonly<Record<FlowTone, string>> = {
  main: 'var(--foreground)',
  good: 'var(--series-1)',
  plain: 'var(--series-other)',
  warn: 'var(--series-2)',
  bad: 'var(--bad)',
};

/** How a quantity splits up, in two steps. Widths are by number. */
export function FlowChart({ label, flow }: { label: string; flow: FlowNode }) {
  const { nodes, links, height } = layFlow(flow, ROOT_HEIGHT);
  return (
    <figure role="img" aria-label={`${label}: ${inWords(flow)}.`}>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} className="w-full" aria-hidden>
        {links.map((link) => (
          <path
            key={`${link.column} ${link.fromY} ${link.toY}`}
            d={shapeOf(link)}
            fill={COLORS[link.tone]}
            fillOpacity={0.22}
          />
        ))}
        {nodes.map((node) => (
          <Node key={`${node.column} ${node.name}`} node={node} />
        ))}
      </svg>
    </figure>
  );
}

function Node({ node: { name, value, tone, column, y, height } }: { node: PlacedNode }) {
  const x = COLUMN_X[column] ?? 0;
  return (
    <g>
      {height > 0 && <rect x={x} y={y} width={BAR} height={height} rx={1.5} fill={COLORS[tone]} />}
      <text x={x + BAR + LABEL_GAP} y={y + 12} fontSize={13} fill="var(--muted-foreground)">
        {name}
      </text>
      <text x={x + BAR + LABEL_GAP} y={y + 28} fontSize={14} fontWeight={600} fill="var(--foreground)">
        {writeCount(value)}
      </text>
    </g>
  );
}

function shapeOf({ column, fromY, toY, height }: PlacedLink): string {
  const from = (COLUMN_X[column] ?? 0) + BAR;
  const to = COLUMN_X[column + 1] ?? WIDTH;
  const middle = (from + to) / 2;
  const [fromEnd, toEnd] = [fromY + height, toY + height];
  return (
    `M${from},${fromY} C${middle},${fromY} ${middle},${toY} ${to},${toY} ` +
    `L${to},${toEnd} C${middle},${toEnd} ${middle},${fromEnd} ${from},${fromEnd} Z`
  );
}

function inWords({ name, value, parts = [] }: FlowNode): string {
  const own = `${name} ${writeCount(value)}`;
  return parts.length === 0 ? own : `(${own} = ${parts.map(inWords).join(' + ')})`;
}
