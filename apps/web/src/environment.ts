import { z } from 'zod';

/** What only the web process reads; everything else is in `@tallymark/contract/settings`. */
const webSettings = z.object({
  /** Signs the session cookies; at least 32 characters. */
  BETTER_AUTH_SECRET: z.string().min(32),
  /** The address people open, without a path. Cookies are `Secure` when it starts with https. */
  BETTER_AUTH_URL: z.url({ protocol: /^https?$/ }).default('http://localhost:3000'),
});
type WebSettings = z.infer<typeof webSettings>;

/** @throws Error that names every key that is missing or wrong. */
export function parseWebSettings(environment: Readonly<Record<string, string | undefined>>): WebSettings {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = webSettings.safeParse(present);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new Error(`The environment of the web process is not complete; see .env.example.\n${problems.join('\n')}`);
}
