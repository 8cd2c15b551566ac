import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentUser } from '../../../auth/current-user.ts';
import { safeNext } from '../../../auth/safe-next.ts';
import { LoginForm } from './login-form.tsx';

export const metadata: Metadata = { title: 'Log in' };

export default async function LoginPage({ searchParams }: PageProps<'/login'>) {
  const next = safeNext((await searchParams).next);
  if (await currentUser()) redirect(next);
  return (
    <div className="login">
      <h1>Log in</h1>
      <p className="soft">The studio’s members and admins.</p>
      <LoginForm next={next} />
    </div>
  );
}
