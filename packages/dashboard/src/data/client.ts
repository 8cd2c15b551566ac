'use client';
import type { TallymarkRouter } from '@tallymark/analytics/routers/tallymark';
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, type TRPCClient } from '@trpc/client';
import { createContext, useContext } from 'react';
import superjson from 'superjson';

export type Client = TRPCClient<TallymarkRouter>;

/** Each question is a request of its own: none waits for a slower one. Subscriptions go over SSE. */
export function createClient(url: string): Client {
  return createTRPCClient<TallymarkRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url, transformer: superjson }),
        false: httpLink({ url, transformer: superjson }),
      }),
    ],
  });
}

export const ClientContext = createContext<Client | null>(null);

/** The way to the procedures. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (!client) throw new Error('Only parts of the dashboard have a client.');
  return client;
}
