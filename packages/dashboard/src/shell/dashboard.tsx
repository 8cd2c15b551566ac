'use client';
import type { VisibleSite } from '@tallymark/contract/reports/members';
import { QueryClientProvider } from '@tanstack/react-query';
import { Fragment, type ReactNode, useState } from 'react';
import { ClientContext } from '../data/client.ts';
import { connectionOf } from '../data/connection.ts';
import { ReportsUrlContext } from '../data/reports-url.ts';
import { useCurrencyOf } from '../format/currency.ts';
import { useSiteId } from '../state/site-context.ts';
import { BasePathContext } from './base-path.ts';
import { Frame } from './frame.tsx';
import { Navigation } from './navigation.tsx';
import { PageView } from './page-view.tsx';
import { PAGES, type PagePath } from './pages.ts';
import { SiteGate, SiteProvider } from './site-gate.tsx';
import { TopBar } from './top-bar.tsx';
import type { DashboardUser } from './user.ts';

interface DashboardProps {
  readonly page: PagePath;
  readonly user: DashboardUser;
  readonly basePath: string;
  readonly trpcUrl: string;
  readonly reportsUrl: string;
  readonly home: string | null;
  readonly currency: string;
  /** Those that the user may see, where the server has told; asked for otherwise. */
  readonly sites: readonly VisibleSite[] | null;
}

export function Dashboard({ page, user, basePath, trpcUrl, reportsUrl, home, currency, sites }: DashboardProps) {
  useCurrencyOf(currency);
  const [{ client, queryClient }] = useState(() => {
    const connection = connectionOf(trpcUrl, user.id);
    if (sites) connection.queryClient.setQueryData(['members.mine'], { sites });
    return connection;
  });
  const entry = PAGES.find(({ path }) => path === page) ?? PAGES[0];
  return (
    <BasePathContext value={basePath}>
      <ReportsUrlContext value={reportsUrl}>
        <ClientContext value={client}>
          <QueryClientProvider client={queryClient}>
            <SiteProvider>
              <Frame>
                <a
                  href="#content"
                  className="absolute left-[-100vw] z-50 rounded-md border bg-card px-3 py-2 focus:top-2 focus:left-2"
                >
                  Skip to content
                </a>
                <div className="lg:grid lg:grid-cols-[13rem_minmax(0,1fr)]">
                  <Navigation page={page} user={user} home={home} />
                  <div className="min-w-0">
                    <SiteGate user={user}>
                      <TopBar entry={entry} />
                      <main id="content" tabIndex={-1} className="mx-auto max-w-[90rem] p-4 outline-none lg:px-6">
                        <OfSite>
                          <PageView page={page} user={user} />
                        </OfSite>
                      </main>
                    </SiteGate>
                  </div>
                </div>
              </Frame>
            </SiteProvider>
          </QueryClientProvider>
        </ClientContext>
      </ReportsUrlContext>
    </BasePathContext>
  );
}

/** Anew for each site: what a page still shows of one must not stand under the name of another. */
function OfSite({ children }: { children: ReactNode }) {
  return <Fragment key={useSiteId()}>{children}</Fragment>;
}
