/** Collects the parameters of a statement that is put together of parts. */
export class SqlParams {
  readonly values: unknown[] = [];

  /** The placeholder of a value, cast to a type of Postgres. */
  add(
    value: unknown,
    type: 'text' | 'text[]' | 'uuid' | 'uuid[]' | 'timestamptz' | 'date' | 'bigint' | 'int' | 'float8',
  ) {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}
