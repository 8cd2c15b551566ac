'use client';
import { QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { ClientContext } from '../data/client.ts';
import { connectionOf } from '../data/connection.ts';
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

export function Dashboard({ page, user, basePath, trpcUrl, reportsUrl }: DashboardProps) {
  const [{ client, queryClient }] = useState(() => connectionOf(trpcUrl, user.id));
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
