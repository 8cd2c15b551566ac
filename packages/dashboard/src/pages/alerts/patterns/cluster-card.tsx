'use client';
import type { VisitorCluster, VisitorFeature } from '@tallymark/contract/patterns';
import Link from 'next/link';
import { type Unit, writeNumber } from '../../../format/numbers.ts';
import { writeMoment } from '../../../format/times.ts';
import { usePageHref } from '../../../shell/base-path.ts';
import { Card } from '../../../ui/card.tsx';

const FEATURES: Readonly<Record<VisitorFeature, { readonly title: string; readonly unit: Unit | 'decimal' }>> = {
  sessions: { title: 'Sessions a visitor', unit: 'decimal' },
  pageViews: { title: 'Page views a session', unit: 'decimal' },
  seconds: { title: 'Time a session', unit: 'seconds' },
  conversions: { title: 'Conversions a visitor', unit: 'decimal' },
  mobile: { title: 'On phones and tablets', unit: 'percent' },
  night: { title: 'From 18 to 6 o’clock', unit: 'percent' },
  campaign: { title: 'Brought by campaigns', unit: 'percent' },
};
const SHOWN = 4;

const decimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const small = new Intl.NumberFormat('en', { maximumSignificantDigits: 1 });
const write = (value: number, unit: Unit | 'decimal') =>
  unit === 'decimal' ? (value < 1 ? small : decimal).format(value) : writeNumber(value, unit, true);

/** Visitors who behave alike: how many, what tells them apart from all, and sessions of the most typical of them. */
export function ClusterCard({ cluster: { name, visitors, share, features, examples } }: { cluster: VisitorCluster }) {
  const href = usePageHref();
  return (
    <Card
      title={<span className="first-letter:uppercase inline-block">{name}</span>}
      note={`${writeNumber(visitors, 'count')} visitors, ${writeNumber(share, 'percent')}`}
    >
      <table className="text-xs">
        <thead className="text-left text-muted-foreground">
          <tr>
            <th scope="col">What they do</th>
            <th scope="col" className="text-right">
              they
            </th>
            <th scope="col" className="text-right">
              all
            </th>
          </tr>
        </thead>
        <tbody>
          {features.slice(0, SHOWN).map(({ feature, average, all }) => (
            <tr key={feature}>
              <th scope="row" className="relative py-1 pr-2">
                {FEATURES[feature].title}
                <Bars average={average} all={all} />
              </th>
              <td className="py-1 pl-2 text-right align-top font-medium whitespace-nowrap">
                {write(average, FEATURES[feature].unit)}
              </td>
              <td className="py-1 pl-2 text-right align-top whitespace-nowrap text-muted-foreground">
                {write(all, FEATURES[feature].unit)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3 className="mt-3 text-xs text-muted-foreground">Sessions of typical ones</h3>
      <ul className="text-xs">
        {examples.map(({ sessionId, startedAt }) => (
          <li key={sessionId}>
            <Link
              className="text-primary hover:underline"
              prefetch={false}
              href={`${href('events')}?workedOutSessionId=${sessionId}&order=oldest`}
            >
              {writeMoment(startedAt)}
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Theirs above that of all; the table says the numbers. */
function Bars({ average, all }: { average: number; all: number }) {
  const most = Math.max(average, all) || 1;
  return (
    <span aria-hidden className="mt-0.5 grid gap-px">
      <span className="block h-1 rounded-sm bg-series-1" style={{ width: `${(100 * average) / most}%` }} />
      <span className="block h-1 rounded-sm bg-series-other" style={{ width: `${(100 * all) / most}%` }} />
    </span>
  );
}
