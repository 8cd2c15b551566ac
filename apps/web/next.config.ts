import type { NextConfig } from 'next';

/** Headers every answer carries. The content security policy is made per request, in `src/proxy.ts`. */
const SECURITY_HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=(), browsing-topics=()' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
];

const config: NextConfig = {
  poweredByHeader: false,
  // Compression costs Node's one thread more than the proxy in front of it.
  compress: false,
  // `next dev` writes no files of its own into the repository.
  agentRules: false,
  // The workspace packages export their TypeScript source.
  transpilePackages: ['analytics', 'client', 'contract', 'dashboard', 'next', 'prisma', 'redis'].map(
    (name) => `@tallymark/${name}`,
  ),
  // Loaded by Node as they are: they hold sockets and worker threads, and gain nothing from being bundled.
  serverExternalPackages: ['@prisma/adapter-pg', '@prisma/client', 'ioredis', 'pg', 'pino'],
  experimental: {
    // Makes `forbidden()` answer with a real 403.
    authInterrupts: true,
    // The studio and the dashboard have a root layout each.
    globalNotFound: true,
  },
  headers: async () => [{ source: '/:path*', headers: SECURITY_HEADERS }],
};

export default config;
