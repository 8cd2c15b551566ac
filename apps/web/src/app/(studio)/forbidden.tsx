import type { Metadata } from 'next';
import Link from 'next/link';

export const metadata: Metadata = { title: 'Admins only' };

export default function Forbidden() {
  return (
    <div className="notice">
      <p className="eyebrow">403</p>
      <h1>This room is for admins.</h1>
      <p className="lead">Your account works, it just has no key to this page. Ask an admin if you should have one.</p>
      <p>
        <Link className="button" href="/">
          Back to the assets
        </Link>
      </p>
    </div>
  );
}
