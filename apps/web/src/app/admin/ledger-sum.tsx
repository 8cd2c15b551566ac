import { formatCount } from '../../format.ts';

interface Part {
  readonly name: string;
  readonly count: number;
  readonly tone: 'pine' | 'fern' | 'ochre' | 'slate' | 'brick';
}

interface Props {
  readonly name: string;
  readonly total: number;
  readonly parts: readonly Part[];
}

/** One sum, as a bar and as the numbers it stands for. The check adds them up here, whatever the server says. */
export function LedgerSum({ name, total, parts }: Props) {
  const sum = parts.reduce((running, { count }) => running + count, 0);
  return (
    <div className="sum">
      <div className="sum-bar" aria-hidden="true">
        {parts.map(
          (part) => part.count > 0 && <span key={part.name} data-tone={part.tone} style={{ flexGrow: part.count }} />,
        )}
      </div>
      <dl className="sum-terms">
        <div>
          <dt>{name}</dt>
          <dd>{formatCount(total)}</dd>
        </div>
        {parts.map((part) => (
          <div key={part.name}>
            <dt data-tone={part.tone}>{part.name}</dt>
            <dd>{formatCount(part.count)}</dd>
          </div>
        ))}
      </dl>
      <p className={sum === total ? 'sum-check good' : 'sum-check bad'}>
        {sum === total
          ? `adds up to ${formatCount(sum)}`
          : `adds up to ${formatCount(sum)}, off by ${formatCount(sum - total)}`}
      </p>
    </div>
  );
}
