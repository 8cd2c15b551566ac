/** How long a router may take to set the title of the page it went to. */
const TITLE_MS = 100;

/** Calls `viewed` for the page that is open and for each that the App Router goes to: another path, by whatever way. */
export function watchPages(viewed: () => void): void {
  let path = location.pathname;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    if (location.pathname === path) return;
    path = location.pathname;
    clearTimeout(timer);
    timer = setTimeout(viewed, TITLE_MS);
  };
  for (const name of ['pushState', 'replaceState'] as const) {
    const own = history[name];
    history[name] = function (this: History, ...args: Parameters<typeof own>) {
      own.apply(this, args);
      look();
    };
  }
  addEventListener('popstate', look);
  // "Back" from another site may bring the page as it was left.
  addEventListener('pageshow', ({ persisted }) => persisted && viewed());
  viewed();
}
