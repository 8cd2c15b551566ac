/** What is only known once a body has been read: asked for behind it. */
const trailers = new WeakMap<Response, () => Readonly<Record<string, string>>>();

/** Names them in the `trailer` header too: a client is only handed those it was told of. */
export function setTrailers(response: Response, read: () => Readonly<Record<string, string>>): void {
  trailers.set(response, read);
}

export const trailersOf = (response: Response): Readonly<Record<string, string>> => trailers.get(response)?.() ?? {};
