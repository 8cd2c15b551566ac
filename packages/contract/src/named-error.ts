/**
 * An error that is told apart by its name. A bundler may hold a class twice, as Next.js does for the server and for its
 * routes: an error that one of them throws has to be known by the other.
 */
export class NamedError extends Error {
  /** The `name` of all errors of the class. */
  static readonly errorName: string = 'NamedError';

  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: the class that is asked for, not this one
    return Error[Symbol.hasInstance](value) && (value as Error).name === this.errorName;
  }

  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.errorName;
  }
}
