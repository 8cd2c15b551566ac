import type { Metadata } from 'next';
import Link from 'next/link';

export const metadata: Metadata = { title: 'No access' };

/** Shown with a 403; in the dashboard's own looks, for its layout knows no other. */
export default function Forbidden() {
  return (
    <div className="tallymark">
      <main className="grid gap-4 p-4">
        <p className="text-xs text-muted-foreground">403</p>
        <h1 className="text-xl font-semibold">This page is for admins.</h1>
        <p className="max-w-prose">
          Your account works, it just has no key to this page. Ask an admin if you should have one.
        </p>
        <p>
          <Link className="text-primary hover:underline" href="/admin">
            Back to the overview
          </Link>
        </p>
      </main>
    </div>
  );
}
