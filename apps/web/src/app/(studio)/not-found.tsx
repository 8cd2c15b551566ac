import type { Metadata } from 'next';
import Link from 'next/link';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <div className="notice">
      <p className="eyebrow">404</p>
      <h1>There is nothing here.</h1>
      <p className="lead">The page may have moved, or the link lost a few characters on its way.</p>
      <p>
        <Link className="button" href="/">
          See all assets
        </Link>
      </p>
    </div>
  );
}
