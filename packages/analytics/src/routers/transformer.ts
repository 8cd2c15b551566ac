import superjson from 'superjson';

type Wire = Parameters<typeof superjson.deserialize>[0];

/** What an event may hold beside JSON: times, and fields that are undefined. */
const ANNOTATIONS = new Set<unknown>(['Date', 'undefined']);

/**
 * Takes from a caller's annotations what an event can need, and refuses the rest before anything is built from it: a typed
 * array of a given length is a few bytes here and gigabytes there. Identity is dropped, because the JSON holds shared
 * objects in full, and an alias would multiply a small body as well.
 *
 * @throws Error for any other annotation; tRPC answers 400.
 */
function harmless({ json, meta }: Wire): Wire {
  if (!meta?.values) return { json };
  if (!isHarmless(meta.values)) throw new Error('Only dates and undefined can be sent beside JSON.');
  return { json, meta: { values: meta.values } };
}

/** superjson's tree of annotations: a leaf is `[annotation]`, a branch an object of paths, or both as `[annotation, branch]`. */
function isHarmless(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  if (!Array.isArray(tree)) return Object.values(tree).every(isHarmless);
  const [annotation, branch, ...more] = tree;
  return ANNOTATIONS.has(annotation) && more.length === 0 && (branch === undefined || isHarmless(branch));
}

/** superjson on both ends. Deserialising in place saves a deep copy of every request. */
export const transformer = {
  serialize: (value: unknown) => superjson.serialize(value),
  deserialize: (wire: Wire) => {
    if (typeof wire !== 'object' || wire === null) throw new Error('The input is an object { "json": … }.');
    return superjson.deserialize(harmless(wire), { inPlace: true });
  },
};
