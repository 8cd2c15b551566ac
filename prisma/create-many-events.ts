import { readBatch } from './event-batch.ts';
import type { EventFieldName } from './event-fields.ts';
import { Prisma } from './generated/client.ts';
import { sqlStateOf } from './sql-state.ts';
import { insertReturning } from './stores/insert-events.ts';

type StockClient = Prisma.TransactionClient;
type CreateManyAndReturn = StockClient['event']['createManyAndReturn'];
type Row = Partial<Record<EventFieldName, unknown>>;

/** What Prisma's own lazy promises have beside their public type: the way into a batch `$transaction([…])`. */
type Batchable<T> = Prisma.PrismaPromise<T> & { requestTransaction?(batch: unknown): Promise<T> };

/**
 * `event.createManyAndReturn` with Prisma's signature and result, carried out as one constant statement: Prisma's own
 * compiles a statement of rows × columns parameters anew for every call (about 700 µs of CPU a row).
 */
export const eventBatches = Prisma.defineExtension({
  name: 'tallymark-event-batches',
  model: { event: { createManyAndReturn: createManyAndReturn as CreateManyAndReturn } },
});

function createManyAndReturn(
  this: unknown,
  args?: Prisma.EventCreateManyAndReturnArgs,
): Prisma.PrismaPromise<readonly Row[]> {
  const client = stockClient(Prisma.getExtensionContext(this).$parent);
  const batch = readBatch(args, new Date());
  if (!batch) return client.event.createManyAndReturn(args);

  // Postgres answers in id order; where that is not the caller's order, the id has to come along to restore it.
  const { rows, ids, skipDuplicates } = batch;
  const sorted = ids.every((id, at) => at === 0 || (ids[at - 1] ?? '') <= id);
  const withId = sorted || batch.fields.includes('id');
  const fields = withId ? batch.fields : (['id', ...batch.fields] as const);
  const insert = insertReturning(rows, { skipDuplicates, fields });
  return new MappedPromise<Row[], readonly Row[]>(client.$queryRawUnsafe<Row[]>(...insert), (stored) => {
    if (sorted) return stored;
    const byId = new Map(stored.map((row) => [row.id, row]));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      if (row && !withId) delete row.id;
      return row ?? [];
    });
  });
}

/** Our caller's client below this extension, in the same transaction: a host may have put extensions of its own on top. */
function stockClient(parent: unknown): StockClient {
  let client = parent as StockClient & { readonly $parent?: unknown };
  while ((client.event.createManyAndReturn as unknown) === createManyAndReturn) {
    client = client.$parent as typeof client;
  }
  return client;
}

/** A PrismaPromise: does nothing until it is awaited or handed to `$transaction([…])`. */
class MappedPromise<T, U> implements Prisma.PrismaPromise<U> {
  readonly [Symbol.toStringTag] = 'PrismaPromise';
  readonly #query: Batchable<T>;
  readonly #map: (value: T) => U;
  #running: Promise<U> | undefined;

  constructor(query: Batchable<T>, map: (value: T) => U) {
    this.#query = query;
    this.#map = map;
  }

  // biome-ignore lint/suspicious/noThenProperty: a PrismaPromise is a thenable by definition.
  then<A = U, B = never>(
    onFulfilled?: ((value: U) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#running ??= this.#query.then(this.#map, rethrowAsModelError);
    return this.#running.then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<U | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<U> {
    return this.then().finally(onFinally);
  }

  requestTransaction(batch: unknown): Promise<U> {
    return (this.#query.requestTransaction?.(batch) ?? this.#query).then(this.#map, rethrowAsModelError);
  }
}

/** What a model call says where a raw statement says P2010. Where Prisma knows nothing better it is P2039. */
const CODES: Readonly<Record<string, string>> = {
  '22001': 'P2000',
  '22003': 'P2020',
  '22P02': 'P2007',
  '23502': 'P2011',
  '23503': 'P2003',
  '23505': 'P2002',
  '40001': 'P2034',
  '40P01': 'P2034',
  '42703': 'P2022',
  '42P01': 'P2021',
};

function rethrowAsModelError(error: unknown): never {
  const isRaw = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2010';
  const found = isRaw && sqlStateOf(error);
  if (!found) throw error;
  const what =
    found.state === '23505' ? `Unique constraint failed on the constraint: \`${found.constraint}\`` : error.message;
  throw new Prisma.PrismaClientKnownRequestError(
    `Invalid \`prisma.event.createManyAndReturn()\` invocation:\n${what}`,
    {
      code: CODES[found.state] ?? 'P2039',
      clientVersion: error.clientVersion,
      meta: { modelName: 'Event', ...error.meta },
      batchRequestIdx: error.batchRequestIdx,
    },
  );
}
