import { headers } from 'next/headers';
import { cache } from 'react';
import { server } from '../server.ts';

export interface CurrentUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
}

/** Who is logged in, or null. Asked once per request, however many components want to know. */
export const currentUser = cache(async (): Promise<CurrentUser | null> => {
  const found = await server().auth.api.getSession({ headers: await headers() });
  return found && { id: found.user.id, name: found.user.name, email: found.user.email, role: found.user.role };
});
