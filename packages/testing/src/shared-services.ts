import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    services: SharedServices;
  }
}

/** The servers that all test files of a run share; the global set-up starts them. */
export interface SharedServices {
  /** A superuser's, on a database that takes part in nothing. */
  readonly adminUrl: string;
  /** Migrated, and closed to connections so that it can be cloned at any time. */
  readonly templateName: string;
  readonly redisUrl: string;
}

export function sharedServices(): SharedServices {
  return inject('services');
}
