import type { Metadata } from 'next';
import '../styles/base.css';
import '../styles/studio.css';
import NotFound from './(studio)/not-found.tsx';

export const metadata: Metadata = { title: 'Not found' };

/** For addresses that no route has, outside of every layout. */
export default function GlobalNotFound() {
  return (
    <html lang="en">
      <body>
        <main>
          <NotFound />
        </main>
      </body>
    </html>
  );
}
