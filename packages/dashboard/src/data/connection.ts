'use client';
import { QueryClient } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';
import { type Client, createClient } from './client.ts';

interface Connection {
  readonly trpcUrl: string;
  readonly userId: string;
  readonly client: Client;
  readonly queryClient: QueryClient;
}

const FRESH_MS = 30_000;
const MOST_ATTEMPTS = 2;

let ofBrowser: Connection | null = null;

/**
 * The way to the procedures and the answers they gave. A browser keeps both from page to page, for the router of Next.js
 * draws a page anew whenever the path of a catch-all route changes; nobody sees the answers of another user.
 */
export function connectionOf(trpcUrl: string, userId: string): Connection {
  if (ofBrowser?.trpcUrl === trpcUrl && ofBrowser.userId === userId) return ofBrowser;
  const connection = { trpcUrl, userId, client: createClient(trpcUrl), queryClient: createQueryClient() };
  if (typeof window !== 'undefined') ofBrowser = connection;
  return connection;
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        // A refusal stays one; what is away may be back.
        retry: (failures, error) => failures < MOST_ATTEMPTS && mayPass(error),
      },
    },
  });
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return true;
  const status: unknown = error.data?.httpStatus;
  // What took too long once takes too long again.
  return typeof status !== 'number' || (status >= 500 && status !== 504) || status === 429;
}
