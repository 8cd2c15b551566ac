const SOMEWHERE = 'http://studio.invalid';

/** Where to go after the login: a path of this site. Anything that would lead to another site becomes the front page. */
export function safeNext(wanted: unknown): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || !URL.canParse(wanted, SOMEWHERE)) return '/';
  const { origin, pathname, search, hash } = new URL(wanted, SOMEWHERE);
  // `//elsewhere.example` and `/\elsewhere.example` begin with a slash as well; a path that does would again later on.
  if (origin !== SOMEWHERE || pathname.startsWith('//')) return '/';
  return `${pathname}${search}${hash}`;
}
