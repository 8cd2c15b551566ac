/**
 * Whatever runs one SQL statement: the client of this package, its interactive transaction, or the transaction of a
 * host's own Prisma client, which lacks our extension. Stores take nothing more than this.
 */
export interface SqlExecutor {
  $queryRaw<T = unknown>(query: TemplateStringsArray, ...values: unknown[]): Promise<T>;
  $executeRaw(query: TemplateStringsArray, ...values: unknown[]): Promise<number>;
  $queryRawUnsafe<T = unknown>(query: string, ...values: unknown[]): Promise<T>;
  $executeRawUnsafe(query: string, ...values: unknown[]): Promise<number>;
}

/**
 * A client that opens transactions of its own. Prisma 7 gives a transaction's client a `$transaction` too (it makes a
 * savepoint), so `$connect`, which only the outer client has, is what keeps a transaction from being passed here.
 */
export interface SqlClient extends SqlExecutor {
  $connect(): Promise<void>;
  $transaction<T>(
    work: (tx: SqlExecutor) => Promise<T>,
    options?: { readonly maxWait?: number; readonly timeout?: number },
  ): Promise<T>;
}
