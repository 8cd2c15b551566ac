'use client';
import { writeCount } from '../format/numbers.ts';
import { ScrollRegion } from '../ui/scroll-region.tsx';
import { type LevelLink, layOutLevels, type PlacedLink } from './level-layout.ts';

export interface ChartNode {
  readonly id: string;
  readonly name: string;
  readonly sessions: number;
  /** Drawn lighter: what is not a page or an event of its own. */
  readonly minor: boolean;
}

interface LevelChartProps {
  readonly label: string;
  readonly levels: readonly (readonly ChartNode[])[];
  readonly links: readonly LevelLink[];
  /** Level 0 stands right. */
  readonly mirrored: boolean;
}

const LEVEL_WIDTH = 220;
const NODE_WIDTH = 10;
const ROW = 34;
const GAP = 14;
const LETTERS = 24;

/** Levels side by side, and between them bands as broad as they have sessions. The table beside it says the same. */
export function LevelChart({ label, levels, links, mirrored }: LevelChartProps) {
  const most = Math.max(1, ...levels.map(({ length }) => length));
  const height = Math.max(240, most * ROW);
  // Names stand right of their nodes, those of the last column too.
  const width = LEVEL_WIDTH * Math.max(1, levels.length - 1) + NODE_WIDTH;
  const placed = layOutLevels(levels, links, { width, height, nodeWidth: NODE_WIDTH, gap: GAP, mirrored });
  return (
    <ScrollRegion label={`${label}, as a chart`}>
      <figure role="img" aria-label={summary(label, levels)} style={{ minWidth: 180 * levels.length }}>
        <svg viewBox={`0 -4 ${width + LEVEL_WIDTH} ${height + 8}`} className="w-full" aria-hidden>
          {placed.links.map((link) => (
            <path
              key={link.key}
              d={bandOf(link)}
              fill="none"
              stroke="var(--series-1)"
              strokeOpacity={0.22}
              strokeWidth={Math.max(link.thickness, 0.75)}
            />
          ))}
          {placed.nodes.map(({ node, x, y, height: tall }) => (
            <g key={node.id}>
              <rect
                x={x}
                y={y}
                width={NODE_WIDTH}
                height={tall}
                rx={2}
                fill={node.minor ? 'var(--series-other)' : 'var(--series-1)'}
              />
              <text x={x + NODE_WIDTH + 6} y={y + Math.min(tall / 2, 12) + 1} fontSize={12} fill="var(--foreground)">
                {shorten(node.name)}
                <tspan fill="var(--muted-foreground)"> {writeCount(node.sessions, true)}</tspan>
              </text>
            </g>
          ))}
        </svg>
      </figure>
    </ScrollRegion>
  );
}

function bandOf({ fromX, fromY, toX, toY }: PlacedLink): string {
  const middle = (fromX + toX) / 2;
  return `M${fromX} ${fromY}C${middle} ${fromY} ${middle} ${toY} ${toX} ${toY}`;
}

/** The end of a path tells more than its begin. */
const shorten = (name: string) => (name.length > LETTERS ? `…${name.slice(1 - LETTERS)}` : name);

function summary(label: string, levels: readonly (readonly ChartNode[])[]): string {
  const told = levels.slice(1).map((nodes, n) => {
    const [first] = nodes;
    return first ? `step ${n + 1} mostly ${first.name} with ${writeCount(first.sessions)} sessions` : '';
  });
  return `${label}: ${told.filter(Boolean).join('; ') || 'nothing beside it'}.`;
}
