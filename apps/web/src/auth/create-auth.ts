import type { PrismaClient } from '@tallymark/prisma/client';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { createAuthMiddleware } from 'better-auth/api';
import type { Logger } from 'pino';
import { CLIENT_ADDRESS_HEADER } from '../client-address.ts';
import type { LoginHook } from './login-hook.ts';

/** Starts the name of every cookie of ours. */
export const COOKIE_PREFIX = 'tallymark';
const SESSION_SECONDS = 7 * 24 * 60 * 60;
/** Password attempts of one address: a person's typing errors, not a dictionary. */
const SIGN_IN_LIMIT = { window: 60, max: 10 };

interface Dependencies {
  readonly prisma: PrismaClient;
  readonly log: Logger;
  readonly secret: string;
  /** The address people open. */
  readonly baseUrl: string;
  readonly afterEndpoint: LoginHook;
}

/** Login by email and password. Accounts are made by the studio (`scripts/demo-data.ts`), not by signing up. */
export function createAuth({ prisma, log, secret, baseUrl, afterEndpoint }: Dependencies) {
  return betterAuth({
    appName: 'Tallymark Studio',
    secret,
    baseURL: baseUrl,
    telemetry: { enabled: false },
    database: prismaAdapter(prisma, { provider: 'postgresql' }),
    emailAndPassword: { enabled: true, disableSignUp: true },
    user: {
      additionalFields: {
        // `input: false`: no request can set it, whatever endpoint it goes to.
        role: { type: 'string', required: true, defaultValue: 'member', input: false },
      },
    },
    // A session has a fixed end. Prolonging it would need a cookie, and a server component cannot write one.
    session: { expiresIn: SESSION_SECONDS, disableSessionRefresh: true },
    rateLimit: { enabled: true, customRules: { '/sign-in/email': SIGN_IN_LIMIT } },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      // The Prisma client makes the ids: UUIDs of version 7.
      database: { generateId: false },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
    logger: {
      // No `level` here: with one, the library writes to the console beside this. Its warnings are wrong passwords.
      log: (level, message, ...details) => log[level === 'error' ? 'error' : 'debug']({ details }, `auth: ${message}`),
    },
    hooks: { after: createAuthMiddleware(async (context) => afterEndpoint(context)) },
  });
}

export type Auth = ReturnType<typeof createAuth>;
