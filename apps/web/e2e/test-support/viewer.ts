import type { PrismaClient } from '@tallymark/prisma/client';
import { addSiteMember } from '@tallymark/prisma/stores/site-members';
import { hashPassword } from 'better-auth/crypto';

interface Login {
  readonly email: string;
  readonly password: string;
}

/** Makes an account that is a viewer of one site, and nothing else. */
export async function addViewer(prisma: PrismaClient, siteId: string): Promise<Login> {
  const login = { email: 'viewer@studio.example', password: 'a-password-of-the-viewer' };
  const user = await prisma.user.create({
    data: { email: login.email, name: 'Vera Lind', role: 'member', emailVerified: true },
  });
  const password = await hashPassword(login.password);
  await prisma.account.create({ data: { userId: user.id, providerId: 'credential', accountId: user.id, password } });
  await addSiteMember(prisma, { siteId, userId: user.id, role: 'viewer' }, new Date());
  return login;
}

/** The cookies of somebody who signs in. */
export async function cookiesOf(baseUrl: string, login: Login): Promise<string> {
  const answer = await fetch(`${baseUrl}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: baseUrl },
    body: JSON.stringify(login),
  });
  if (!answer.ok) throw new Error(`${login.email} could not sign in: ${answer.status} ${await answer.text()}`);
  return answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
}
