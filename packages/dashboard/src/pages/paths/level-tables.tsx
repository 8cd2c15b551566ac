'use client';
import { exact } from '@tallymark/contract/reports/figure';
import type { PathsAnswer } from '@tallymark/contract/reports/paths';
import { writeNumber } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import { Figure } from '../../ui/figure.tsx';
import { writeNode } from './write-node.ts';

interface LevelTablesProps {
  readonly answer: PathsAnswer;
  /** Called with the page or event type that paths should be asked at. */
  readonly onPick: (value: string) => void;
}

/** Each step away from it, in numbers. */
export function LevelTables({ answer: { levels, direction, of, sessions }, onPick }: LevelTablesProps) {
  return (
    <div className="grid grid-cols-1 gap-4 md:grid-cols-2 xl:grid-cols-3">
      {levels.slice(1).map(({ level, nodes }) => (
        <Card key={level} title={`${level === 1 ? '1 step' : `${level} steps`} ${direction}`}>
          <table className="text-sm">
            <thead>
              <tr className="text-xs text-muted-foreground">
                <th scope="col" className="pb-1 text-left">
                  {of === 'pages' ? 'Page' : 'Event'}
                </th>
                <th scope="col" className="pb-1 pl-3 text-right">
                  Sessions
                </th>
                <th scope="col" className="pb-1 pl-3 text-right">
                  Share
                </th>
              </tr>
            </thead>
            <tbody>
              {nodes.map((node) => (
                <tr key={node.id} className="h-7">
                  <th scope="row" className="w-full max-w-0 truncate text-left">
                    {node.kind === 'value' && node.value ? (
                      <button
                        type="button"
                        className="max-w-full truncate text-primary hover:underline"
                        title={`Paths at ${node.value}`}
                        onClick={() => onPick(node.value ?? '')}
                      >
                        {node.value}
                      </button>
                    ) : (
                      <span className="text-muted-foreground">{writeNode(node, direction)}</span>
                    )}
                  </th>
                  <td className="pl-3 text-right">
                    <Figure figure={exact(node.sessions)} unit="count" />
                  </td>
                  <td className="pl-3 text-right whitespace-nowrap text-muted-foreground">
                    {writeNumber(sessions > 0 ? (node.sessions / sessions) * 100 : 0, 'percent')}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Card>
      ))}
    </div>
  );
}
