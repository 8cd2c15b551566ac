import { formatCount, formatDay } from '../../../../format.ts';
import type { AssetDetails } from '../../../../studio/assets.ts';

interface LicenseTableProps {
  readonly licenses: AssetDetails['licenses'];
  /** How many there are in all. */
  readonly total: number;
}

export function LicenseTable({ licenses, total }: LicenseTableProps) {
  return (
    <section className="asset-licenses" aria-labelledby="licences">
      <h2 id="licences">Licences</h2>
      {licenses.length === 0 ? (
        <p className="soft">None so far: every territory is free.</p>
      ) : (
        // Focusable, so that a keyboard can scroll it where it is wider than the screen.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region has to be reachable
        <section className="scroll" aria-label="Licences, scrolls sideways" tabIndex={0}>
          <table>
            {total > licenses.length && (
              <caption>{`The latest ${licenses.length} of ${formatCount(total)} licences`}</caption>
            )}
            <thead>
              <tr>
                <th scope="col">Territory</th>
                <th scope="col">Terms</th>
                <th scope="col">From</th>
                <th scope="col">Until</th>
                <th scope="col">Signed</th>
              </tr>
            </thead>
            <tbody>
              {licenses.map(({ id, territory, terms, startsAt, endsAt, signedAt }) => (
                <tr key={id}>
                  <th scope="row">{territory}</th>
                  <td>{terms}</td>
                  <td className="nowrap">{formatDay(startsAt)}</td>
                  <td className="nowrap">{endsAt ? formatDay(endsAt) : 'Open end'}</td>
                  <td className="nowrap">{signedAt ? formatDay(signedAt) : 'Not yet'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
