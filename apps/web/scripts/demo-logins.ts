import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { PrismaClient } from '@tallymark/prisma/client';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { z } from 'zod';

const LOGIN_FILE = new URL('../../../.tallymark/demo-login.json', import.meta.url);
const ADMIN_EMAIL = 'admin@studio.example';
const MEMBER_EMAIL = 'member@studio.example';

const login = z.object({ email: z.string(), password: z.string().min(8) });
const rememberedLogins = login.extend({ member: login });
type Login = z.infer<typeof login>;

interface Options {
  /** The admin's password; without one it is made once and remembered in LOGIN_FILE. */
  readonly adminPassword: string | undefined;
  readonly report: (line: string) => void;
}

/** The admin and the member, each with a password that works. */
export async function ensureLogins(prisma: PrismaClient, { adminPassword, report }: Options) {
  const remembered = await rememberLogins(report);
  const admin: Login = { email: ADMIN_EMAIL, password: adminPassword ?? remembered.password };
  const adminId = await ensureUser(prisma, { ...admin, name: 'Ada Okafor', role: 'admin' }, report);
  const member = { ...remembered.member, name: 'Jonas Weber', role: 'member' };
  const memberId = await ensureUser(prisma, member, report);
  return { admin, adminId, memberId };
}

async function rememberLogins(report: (line: string) => void): Promise<z.infer<typeof rememberedLogins>> {
  const text = await readFile(LOGIN_FILE, 'utf8').catch(() => null);
  const known = text === null ? null : rememberedLogins.safeParse(parseJson(text));
  if (known?.success) return known.data;
  const fresh = {
    email: ADMIN_EMAIL,
    password: newPassword(),
    member: { email: MEMBER_EMAIL, password: newPassword() },
  };
  await mkdir(new URL('.', LOGIN_FILE), { recursive: true });
  await writeFile(LOGIN_FILE, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600 });
  report('passwords made; they are in .tallymark/demo-login.json');
  return fresh;
}

interface WantedUser extends Login {
  readonly name: string;
  readonly role: string;
}

/** Makes the user where missing, and sets the password where another one is stored. Returns the id. */
async function ensureUser(prisma: PrismaClient, wanted: WantedUser, report: (line: string) => void): Promise<string> {
  const { email, name, role, password } = wanted;
  const user = await prisma.user.upsert({
    where: { email },
    create: { email, name, role, emailVerified: true },
    update: { role },
  });
  const credential = { userId: user.id, providerId: 'credential', accountId: user.id };
  const account = await prisma.account.findFirst({ where: credential });
  if (account?.password && (await verifyPassword({ hash: account.password, password }))) return user.id;
  const hash = await hashPassword(password);
  if (account) await prisma.account.update({ where: { id: account.id }, data: { password: hash } });
  else await prisma.account.create({ data: { ...credential, password: hash } });
  report(`${email}: password set`);
  return user.id;
}

const newPassword = () => randomBytes(12).toString('base64url');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
