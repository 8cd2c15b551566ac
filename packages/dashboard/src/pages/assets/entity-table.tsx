'use client';
import type { EntitiesAnswer } from '@tallymark/contract/reports/entities';
import { exact, type Figure as FigureData } from '@tallymark/contract/reports/figure';
import { SortHeader } from '../../charts/sort-header.tsx';
import type { Unit } from '../../format/numbers.ts';
import { title, words } from '../../format/words.ts';
import { Figure } from '../../ui/figure.tsx';
import { ScrollRegion } from '../../ui/scroll-region.tsx';
import { Empty } from '../../ui/states.tsx';
import { nameIn } from './entity-name.ts';
import { type EntityRow, MOST_ROWS, useAssetState, useSnapshots, useVisitors } from './use-assets.ts';

/** Event types that have a column of their own. */
const MOST_TYPES = 5;

interface Column {
  readonly sort: string;
  readonly title: string;
  readonly unit: Unit;
  readonly of: (row: EntityRow) => FigureData | null;
}

interface EntityTableProps {
  readonly answer: EntitiesAnswer;
  readonly entityType: string;
  readonly valued: boolean;
}

/** Entities with what happened to them; found by name or id among those that most happened to. */
export function EntityTable({ answer, entityType, valued }: EntityTableProps) {
  const [{ sort, search }, setState] = useAssetState();
  const snapshots = useSnapshots(
    entityType,
    answer.rows.map(({ entityId }) => entityId),
  ).data;
  const visitors = useVisitors(entityType);
  const columns: Column[] = [
    visitorColumn(visitors.data),
    { sort: 'events', title: 'Events', unit: 'count', of: ({ events }) => events },
    ...answer.types.slice(0, MOST_TYPES).map(
      ({ eventType }): Column => ({
        sort: eventType,
        title: title(eventType),
        unit: 'count',
        of: ({ byType }) => byType[eventType]?.events ?? exact(0),
      }),
    ),
    ...(valued ? [{ sort: 'value', title: 'Value', unit: 'cents', of: ({ value }) => value } satisfies Column] : []),
  ];
  const sought = search.trim().toLowerCase();
  const named = answer.rows.map((row) => ({ row, name: nameIn(snapshots?.get(row.entityId)) }));
  const found = named.filter(
    ({ row, name }) => row.entityId.toLowerCase().includes(sought) || name?.toLowerCase().includes(sought),
  );
  const sorted = columns.find((column) => column.sort === sort);
  if (sorted) found.sort((a, b) => (sorted.of(b.row)?.value ?? 0) - (sorted.of(a.row)?.value ?? 0));
  if (found.length === 0) {
    return sought ? (
      <Empty title={`No ${words(entityType)} with “${search}”`}>
        Looked at the {MOST_ROWS} that most happened to in this period. An id can be opened as a whole: press Enter.
      </Empty>
    ) : (
      <Empty title={`Nothing happened to any ${words(entityType)}`}>Pick a longer period, or take off a filter.</Empty>
    );
  }
  const label = `What happened to each ${words(entityType)}`;
  return (
    <ScrollRegion wide label={label}>
      <table className="text-sm" aria-label={label}>
        <thead>
          <tr className="border-b">
            <th scope="col" className="py-2 pr-2 text-left text-xs text-muted-foreground">
              {title(entityType)}
            </th>
            {columns.map((column) => (
              <SortHeader
                key={column.sort}
                order={column.sort === sort ? 'desc' : null}
                onSort={() => void setState({ sort: column.sort })}
              >
                {column.title}
              </SortHeader>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.map(({ row, name }) => (
            <tr key={row.entityId} className="border-b last:border-0 hover:bg-muted/50">
              <th scope="row" className="max-w-72 min-w-40 py-1.5 pr-2 text-left">
                <button
                  type="button"
                  className="block max-w-full truncate text-primary hover:underline"
                  onClick={() => void setState({ entity: row.entityId })}
                >
                  {name ?? row.entityId}
                </button>
                {name && <span className="block truncate text-xs text-muted-foreground">{row.entityId}</span>}
              </th>
              {columns.map((column) => (
                <Cell key={column.sort} figure={column.of(row)} unit={column.unit} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {visitors.error && (
        <p className="pt-2 text-xs text-muted-foreground">Visitors are not counted here: {visitors.error.message}</p>
      )}
    </ScrollRegion>
  );
}

function visitorColumn(visitors: ReadonlyMap<string, FigureData> | undefined): Column {
  return {
    sort: 'visitors',
    title: 'Visitors',
    unit: 'count',
    // A known answer that has no row of it has seen nobody.
    of: ({ entityId }) => (visitors ? (visitors.get(entityId) ?? exact(0)) : null),
  };
}

function Cell({ figure, unit }: { figure: FigureData | null; unit: Unit }) {
  return (
    <td className="py-1.5 pl-4 text-right whitespace-nowrap">
      {figure ? <Figure figure={figure} unit={unit} compact /> : <span className="text-muted-foreground">–</span>}
    </td>
  );
}
