'use client';

import { useActionState } from 'react';
import { type LoginState, signIn } from './actions.ts';

const UNTOUCHED: LoginState = { email: '', problem: null };

/** Works before and without JavaScript too: a form that posts to the server action. */
export function LoginForm({ next }: { next: string }) {
  const [state, submit, pending] = useActionState(signIn, UNTOUCHED);
  const invalid = state.problem !== null;
  return (
    <form className="login-form" action={submit}>
      <input type="hidden" name="next" value={next} />
      <label>
        Email
        <input
          name="email"
          type="email"
          autoComplete="username"
          required
          defaultValue={state.email}
          aria-invalid={invalid}
          aria-describedby="login-problem"
        />
      </label>
      <label>
        Password
        <input
          name="password"
          type="password"
          autoComplete="current-password"
          required
          aria-invalid={invalid}
          aria-describedby="login-problem"
        />
      </label>
      <p id="login-problem" className="problem" role="alert">
        {!pending && state.problem}
      </p>
      <button type="submit" disabled={pending}>
        {pending ? 'Logging in…' : 'Log in'}
      </button>
    </form>
  );
}
