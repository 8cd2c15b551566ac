/** The lowest and the highest of some ids, by which Postgres leaves out the months that have none of them. */
export function idBounds(ids: readonly string[]): { readonly lowest: string; readonly highest: string } {
  let [lowest = '', highest = ''] = [ids[0], ids[0]];
  for (const id of ids) {
    if (id < lowest) lowest = id;
    if (id > highest) highest = id;
  }
  return { lowest, highest };
}
