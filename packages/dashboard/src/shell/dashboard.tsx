'use client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';
import { useState } from 'react';
import { ClientContext, createClient } from '../data/client.ts';
import { ReportsUrlContext } from '../data/reports-url.ts';
import { classNames } from '../ui/class-names.ts';
import { BasePathContext } from './base-path.ts';
import { Navigation } from './navigation.tsx';
import { PageView } from './page-view.tsx';
import { PAGES, type PagePath } from './pages.ts';
import { useTheme } from './theme.ts';
import { TopBar } from './top-bar.tsx';
import type { DashboardUser } from './user.ts';

interface DashboardProps {
  readonly page: PagePath;
  readonly user: DashboardUser;
  readonly basePath: string;
  readonly trpcUrl: string;
  readonly reportsUrl: string;
}

const FRESH_MS = 30_000;
const MOST_ATTEMPTS = 2;

export function Dashboard({ page, user, basePath, trpcUrl, reportsUrl }: DashboardProps) {
  const [client] = useState(() => createClient(trpcUrl));
  const [queryClient] = useState(createQueryClient);
  const theme = useTheme();
  const entry = PAGES.find(({ path }) => path === page) ?? PAGES[0];
  return (
    <BasePathContext value={basePath}>
      <ReportsUrlContext value={reportsUrl}>
        <ClientContext value={client}>
          <QueryClientProvider client={queryClient}>
            <div className={classNames('tallymark', theme.dark && 'dark')} suppressHydrationWarning>
              <a
                href="#content"
                className="absolute left-[-100vw] z-50 rounded-md border bg-card px-3 py-2 focus:top-2 focus:left-2"
              >
                Skip to content
              </a>
              <div className="lg:grid lg:grid-cols-[13rem_minmax(0,1fr)]">
                <Navigation page={page} user={user} theme={theme} />
                <div className="min-w-0">
                  <TopBar entry={entry} />
                  <main id="content" tabIndex={-1} className="mx-auto max-w-[90rem] p-4 outline-none lg:px-6">
                    <PageView page={page} user={user} />
                  </main>
                </div>
              </div>
            </div>
          </QueryClientProvider>
        </ClientContext>
      </ReportsUrlContext>
    </BasePathContext>
  );
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
  return typeof status !== 'number' || status >= 500 || status === 429;
}
