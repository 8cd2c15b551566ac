/** Works on all items, a few at a time; begins none once `goOn` says no, or one has failed. Answers how many were begun. */
export async function inTurn<Item>(
  items: readonly Item[],
  { atOnce, goOn }: { readonly atOnce: number; readonly goOn: () => boolean },
  work: (item: Item, index: number) => Promise<void>,
): Promise<number> {
  let next = 0;
  let failed = false;
  const worker = async () => {
    while (next < items.length && !failed && goOn()) {
      const index = next++;
      try {
        await work(items[index] as Item, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return next;
}
