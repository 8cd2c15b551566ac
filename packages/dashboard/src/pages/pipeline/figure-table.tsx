import { ScrollRegion } from '../../ui/scroll-region.tsx';

interface FigureTableProps {
  readonly label: string;
  /** What a row is of. */
  readonly of: string;
  readonly heads: readonly string[];
  readonly rows: readonly { readonly name: string; readonly note?: string; readonly figures: readonly string[] }[];
}

/** Figures by name, close together; what is longer than a screen scrolls by itself. */
export function FigureTable({ label, of, heads, rows }: FigureTableProps) {
  return (
    <ScrollRegion wide label={label} className="max-h-80 overflow-y-auto">
      <table className="w-full text-sm" aria-label={label}>
        <thead className="sticky top-0 bg-card">
          <tr className="border-b text-xs text-muted-foreground">
            <th scope="col" className="pb-1 text-left">
              {of}
            </th>
            {heads.map((head) => (
              <th key={head} scope="col" className="pb-1 pl-4 text-right whitespace-nowrap">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, note, figures }) => (
            <tr key={name} className="border-b last:border-0">
              <th scope="row" className="py-1 text-left font-normal whitespace-nowrap">
                {name}
                {note && <span className="ml-2 text-xs text-muted-foreground">{note}</span>}
              </th>
              {heads.map((head, at) => (
                <td key={head} className="py-1 pl-4 text-right whitespace-nowrap">
                  {figures[at]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
