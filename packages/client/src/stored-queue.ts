import { type EventQueue, MOST_QUEUED, stamp } from './queue.ts';
import type { QueuedEvent } from './types.ts';

const STORE = 'events';
/** Some browsers never answer when IndexedDB is broken. */
const OPENING_MS = 1_500;

interface Row {
  readonly n?: number;
  readonly key: string;
  readonly event: QueuedEvent;
}

/** The queue in IndexedDB, one for all tabs of the site. @throws when the browser denies it. */
export async function storedQueue(name: string): Promise<EventQueue> {
  const db = await open(name);
  /** One transaction. Resolves to what `work` says when it has committed. */
  const inStore = <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => () => T) =>
    new Promise<T>((resolve, reject) => {
      // What is written must survive a crash of the machine, not only of the page.
      const tx = db.transaction(STORE, mode, { durability: 'strict' });
      const answer = work(tx.objectStore(STORE));
      tx.oncomplete = () => resolve(answer());
      tx.onabort = () => reject(tx.error);
    });
  const eachOf = (store: IDBObjectStore, keys: readonly string[], work: (cursor: IDBCursorWithValue) => void) => {
    for (const key of keys) {
      const request = store.index('key').openCursor(key);
      request.onsuccess = () => request.result && work(request.result);
    }
  };
  return {
    shared: true,
    add: (event) =>
      // In one transaction, so that a `clear` that comes later takes the event as well.
      inStore('readwrite', (store) => {
        const count = store.count();
        count.onsuccess = () => {
          if (count.result < MOST_QUEUED) store.add({ key: event.key, event } satisfies Row);
        };
        return () => count.result < MOST_QUEUED;
      }),
    oldest: (most) =>
      inStore('readonly', (store) => {
        const rows = store.getAll(undefined, most);
        return () => (rows.result as Row[]).map(({ event }) => event);
      }),
    stamp: (keys, skewMs) =>
      inStore('readwrite', (store) => {
        const stamped: QueuedEvent[] = [];
        eachOf(store, keys, (cursor) => {
          const row: Row = cursor.value;
          const event = stamp(row.event, skewMs);
          if (event !== row.event) cursor.update({ ...row, event });
          stamped.push(event);
        });
        return () => stamped;
      }),
    remove: (keys) =>
      inStore('readwrite', (store) => {
        eachOf(store, keys, (cursor) => cursor.delete());
        return () => {};
      }),
    size: () =>
      inStore('readonly', (store) => {
        const count = store.count();
        return () => count.result;
      }),
    clear: () =>
      inStore('readwrite', (store) => {
        store.clear();
        return () => {};
      }),
  };
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('IndexedDB does not answer')), OPENING_MS);
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE, { keyPath: 'n', autoIncrement: true }).createIndex('key', 'key');
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => resolve(request.result);
  });
}
