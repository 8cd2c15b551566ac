import { UserEventHelpers } from '@tallymark/analytics/helpers/user';
import { requestContextOf } from '@tallymark/next/peer-address';
import type { PrismaClient } from '@tallymark/prisma/client';
import { isAPIError } from 'better-auth/api';
import { parseCookies } from 'better-auth/cookies';
import { z } from 'zod';
import type { TrackLater } from '../tracking/track-later.ts';
import { SESSION_COOKIE, sessionIdFrom } from '../tracking/visit.ts';

/** Entity of a failed login whose email belongs to nobody. */
const UNKNOWN_USER = 'unknown';

/** What the hook reads of an auth endpoint's context. */
interface FinishedEndpoint {
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Headers | undefined;
  readonly context: {
    readonly returned?: unknown;
    readonly newSession: { readonly user: Record<string, unknown> & { readonly id: string } } | null;
  };
}
export type LoginHook = (endpoint: FinishedEndpoint) => void;

interface Dependencies {
  readonly prisma: Pick<PrismaClient, 'user'>;
  readonly trackLater: TrackLater;
  readonly trustedProxyHops: number;
}

const typedEmail = z.object({ email: z.string() });

/**
 * Tracks each password login once, good or failed. The auth library runs it after the endpoint itself, so the login
 * form and a direct POST take the same way. Neither email nor password becomes part of the event.
 */
export function loginHook({ prisma, trackLater, trustedProxyHops }: Dependencies): LoginHook {
  /** Whom a failed attempt was aimed at. */
  async function userIdOf(body: unknown): Promise<string> {
    const parsed = typedEmail.safeParse(body);
    if (!parsed.success) return UNKNOWN_USER;
    const email = parsed.data.email.toLowerCase();
    const user = await prisma.user.findUnique({ where: { email }, select: { id: true } });
    return user?.id ?? UNKNOWN_USER;
  }

  return ({ path, body, headers = new Headers(), context: { returned, newSession } }) => {
    if (path !== '/sign-in/email') return;
    const user = isAPIError(returned) ? null : newSession?.user;
    const session = user ? { userId: user.id, role: String(user.role) } : null;
    const sessionId = sessionIdFrom(parseCookies(headers.get('cookie') ?? '').get(SESSION_COOKIE));
    const context = { sessionId, occurredAt: new Date(), idempotencyKey: crypto.randomUUID() };
    const login = { loginMethod: 'password', success: user !== null && user !== undefined };
    trackLater(
      async () =>
        user
          ? UserEventHelpers.trackUserLogin(user.id, login, context)
          : UserEventHelpers.trackUserLogin(
              await userIdOf(body),
              { ...login, failureReason: failureReasonOf(returned) },
              context,
            ),
      requestContextOf({ headers, session, trustedProxyHops }),
    );
  };
}

/** The library's error code, such as `invalid_email_or_password`. */
function failureReasonOf(returned: unknown): string {
  const code = isAPIError(returned) ? returned.body?.code : undefined;
  return code ? code.toLowerCase() : 'unknown';
}
