/** What somebody sees who may not open a page. */
export function Refusal({ basePath }: { basePath: string }) {
  return (
    <div className="tallymark">
      <main className="grid gap-4 p-4">
        <h1 className="text-xl font-semibold">This page is for admins.</h1>
        <p className="max-w-prose">
          Your account works, it just has no key to this page. Ask an admin if you should have one.
        </p>
        <p>
          <a className="text-primary hover:underline" href={basePath}>
            Back to the overview
          </a>
        </p>
      </main>
    </div>
  );
}
