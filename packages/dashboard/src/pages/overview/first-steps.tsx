'use client';
import Link from 'next/link';
import { usePageHref } from '../../shell/base-path.ts';
import { Card } from '../../ui/card.tsx';

/** For a site without a single event: how the first one comes. */
export function FirstSteps() {
  const href = usePageHref();
  return (
    <Card title="No events yet" note="Of this site. The first one shows up here within seconds.">
      <ol className="list-decimal space-y-1 pl-5">
        <li>
          An admin makes a key for the site in{' '}
          <Link className="text-primary underline" href={href('settings')}>
            Settings
          </Link>
          , for the origins that its pages have.
        </li>
        <li>
          Its pages track with the browser client and that key; server code names the site in the request context.
        </li>
        <li>
          Events wait in the buffer for a moment:{' '}
          <Link className="text-primary underline" href={href('live')}>
            Live
          </Link>{' '}
          shows them at once.
        </li>
      </ol>
    </Card>
  );
}
