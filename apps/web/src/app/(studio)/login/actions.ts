'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import { postToAuth } from '../../../auth/handle-auth.ts';
import { safeNext } from '../../../auth/safe-next.ts';

export interface LoginState {
  /** What was typed, so that nobody types it again. */
  readonly email: string;
  readonly problem: string | null;
}

const credentials = z.object({ email: z.string().trim().max(320), password: z.string().max(1_000) });

/** The login form: redirects on success, else says what is wrong. */
export async function signIn(_previous: LoginState, form: FormData): Promise<LoginState> {
  const typed = credentials.safeParse({ email: form.get('email'), password: form.get('password') });
  if (!typed.success) return { email: '', problem: 'Type your email address and your password.' };
  const response = await postToAuth('/sign-in/email', typed.data);
  if (!response.ok) return { email: typed.data.email, problem: problemOf(response) };
  redirect(safeNext(form.get('next')));
}

export async function signOut(): Promise<void> {
  await postToAuth('/sign-out', {});
  redirect('/');
}

function problemOf(response: Response): string {
  switch (response.status) {
    case 400:
      return 'That does not look like an email address.';
    case 401:
      return 'Email or password is wrong.';
    case 429:
      return `Too many attempts. Try again in ${response.headers.get('x-retry-after') ?? '60'} seconds.`;
    default:
      return 'Logging in does not work right now. Try again in a moment.';
  }
}
