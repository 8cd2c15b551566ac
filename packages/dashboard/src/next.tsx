import type { VisibleSite } from '@tallymark/contract/reports/members';
import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { Dashboard } from './shell/dashboard.tsx';
import { PAGES } from './shell/pages.ts';
import { Refusal } from './shell/refusal.tsx';
import type { DashboardUser } from './shell/user.ts';

export interface DashboardOptions {
  readonly user: () => Promise<DashboardUser | null>;
  /** The sites that the user may see, told with the page; the page asks for them where it is left out. */
  readonly sites?: (user: DashboardUser) => Promise<readonly VisibleSite[]>;
  /** Where the page is mounted, such as `/admin`. */
  readonly basePath: string;
  /** Where the tRPC router is mounted, such as `/api/trpc`. */
  readonly trpcUrl: string;
  /** Where questions are served as plain JSON and downloads. Default `/api/reports`. */
  readonly reportsUrl?: string;
  /** Where somebody signs in who wants to go to `next`. */
  readonly signIn: (next: string) => string;
  /** ISO 4217 code of the amounts that events carry, in hundredths. Default `USD`. */
  readonly currency?: string;
  /** Where the product is, such as `/`: the navigation then has a way back. */
  readonly home?: string;
  /**
   * Called for somebody who may not open a page: `forbidden` of `next/navigation`, which makes the answer a 403, where the
   * app has Next's `authInterrupts` on. Without it the page says so.
   */
  readonly forbidden?: () => never;
}

interface PageProps {
  readonly params: Promise<{ readonly page?: readonly string[] }>;
}

/** The page of an optional catch-all route, such as `app/admin/[[...page]]/page.tsx`; it is all of the dashboard. */
export function createDashboardPage({
  user,
  sites,
  basePath,
  trpcUrl,
  reportsUrl = '/api/reports',
  signIn,
  home,
  currency = 'USD',
  forbidden,
}: DashboardOptions) {
  return async function page({ params }: PageProps) {
    const entry = await entryOf(params);
    if (!entry) notFound();
    const viewer = await user();
    if (!viewer) redirect(signIn(entry.path ? `${basePath}/${entry.path}` : basePath));
    // Every procedure checks the role again; here it only spares somebody a page full of refusals.
    if (entry.role === 'admin' && viewer.role !== 'admin') {
      forbidden?.();
      return <Refusal basePath={basePath} />;
    }
    return (
      <NuqsAdapter>
        <Dashboard
          page={entry.path}
          user={viewer}
          {...{ basePath, trpcUrl, reportsUrl, currency }}
          home={home ?? null}
          sites={sites ? await sites(viewer) : null}
        />
      </NuqsAdapter>
    );
  };
}

/** What stands there until it is known who asks. For a `loading.tsx` beside the page. */
export function DashboardLoading() {
  return <div className="tallymark" aria-busy="true" />;
}

/** Its metadata: the title of the page that is open. */
export async function dashboardMetadata({ params }: PageProps): Promise<Metadata> {
  const entry = await entryOf(params);
  return { title: entry ? `${entry.title} · Tallymark` : 'Tallymark', robots: { index: false } };
}

async function entryOf(params: PageProps['params']) {
  const { page = [] } = await params;
  const path = page.join('/');
  return PAGES.find((entry) => entry.path === path);
}
