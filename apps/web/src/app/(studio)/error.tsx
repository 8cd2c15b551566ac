'use client';

/** Shown where a page fails. What went wrong stands in the server's log, not here. */
export default function PageError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <div className="notice" role="alert">
      <p className="eyebrow">Something failed</p>
      <h1>This page could not be shown.</h1>
      <p className="lead">It is our fault, not yours. Often a second try is enough.</p>
      <p>
        <button type="button" onClick={retry}>
          Try again
        </button>
      </p>
    </div>
  );
}
