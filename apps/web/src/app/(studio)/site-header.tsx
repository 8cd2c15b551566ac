import Link from 'next/link';
import { connection } from 'next/server';
import { type CurrentUser, currentUser } from '../../auth/current-user.ts';
import { server } from '../../server.ts';
import { SignedIn } from '../../tracking/signed-in.tsx';
import { signOut } from './login/actions.ts';

/** Brand, the ways through the site, and who is logged in. */
export async function SiteHeader() {
  await connection();
  const user = await visitor();
  return (
    <header className="site-header">
      <SignedIn userId={user?.id ?? null} />
      <Link className="brand" href="/">
        <svg className="brand-mark" viewBox="0 0 24 20" aria-hidden="true">
          <path d="M4 2v16M9 2v16M14 2v16M19 2v16M1 15 23 5" />
        </svg>
        Tallymark <span className="brand-studio">Studio</span>
      </Link>
      <nav aria-label="Site">
        <Link href="/">Assets</Link>
        <Link href="/projects">Projects</Link>
        {user && <Link href="/payouts">Payouts</Link>}
        {user?.role === 'admin' && <Link href="/admin">Admin</Link>}
      </nav>
      {user ? (
        <form className="account" action={signOut}>
          <span className="account-name">{user.name}</span>
          <button className="quiet" type="submit">
            Log out
          </button>
        </form>
      ) : (
        <div className="account">
          <Link href="/login">Log in</Link>
        </div>
      )}
    </header>
  );
}

/** A header is no reason for a page to fail: where the database is away the visitor counts as a stranger. */
async function visitor(): Promise<CurrentUser | null> {
  try {
    return await currentUser();
  } catch (error) {
    server().log.warn({ err: error }, 'the session could not be read');
    return null;
  }
}
