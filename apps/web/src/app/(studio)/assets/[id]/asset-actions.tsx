import Link from 'next/link';
import type { AssetDetails } from '../../../../studio/assets.ts';

/** What a visitor can do with a work. */
export function AssetActions({ asset: { id, status, priceCents } }: { asset: AssetDetails }) {
  return (
    <div className="actions">
      {status === 'approved' ? (
        <Link
          className="button"
          href={`/assets/${id}/license`}
          data-track-event="cart_item_added"
          data-track-entity-id={id}
          data-track-quantity="1"
          data-track-price_cents={priceCents}
          data-track-currency="USD"
        >
          License this work
        </Link>
      ) : (
        <p className="soft">Not for sale yet: the studio still reviews it.</p>
      )}
      {/* No <Link>: the answer is a file. */}
      <a className="button quiet" href={`/assets/${id}/download`} download>
        Download preview
      </a>
    </div>
  );
}
