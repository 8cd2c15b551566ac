import type { Page } from 'playwright-core';

/** Tracks `count` searches and gives the keys of those whose local write completed. */
export const search = (page: Page, count: number): Promise<(string | null)[]> =>
  page.evaluate(
    (most) =>
      Promise.all(
        Array.from({ length: most }, (_, n) => window.analytics.track('search_performed', { query: `no. ${n}` })),
      ),
    count,
  );

/** Sends what waits. Gives the number of events that still do. */
export const flush = (page: Page): Promise<number> => page.evaluate(() => window.analytics.flush());

export interface Device {
  /** Names in localStorage, without what all of the client's begin with. */
  readonly names: readonly string[];
  readonly databases: number;
  readonly queued: number;
  readonly cookies: string;
}

/** What the client has left on the device. */
export const deviceOf = (page: Page): Promise<Device> =>
  page.evaluate(async () => {
    const names = Object.keys(localStorage).map((name) => name.replace('tallymark tm_test ', ''));
    const databases = await indexedDB.databases();
    const cookies = document.cookie;
    if (databases.length === 0) return { names, databases: 0, queued: 0, cookies };
    const queued = await new Promise<number>((resolve, reject) => {
      const opening = indexedDB.open('tallymark tm_test ');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const count = opening.result.transaction('events').objectStore('events').count();
        count.onsuccess = () => {
          opening.result.close();
          resolve(count.result);
        };
      };
    });
    return { names: names.sort(), databases: databases.length, queued, cookies };
  });
