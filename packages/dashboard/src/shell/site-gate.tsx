'use client';
import type { VisibleSite } from '@tallymark/contract/reports/members';
import { type ReactNode, useEffect } from 'react';
import { Answered } from '../data/answered.tsx';
import { useSites } from '../data/use-site.ts';
import { SiteContext, useSiteId } from '../state/site-context.ts';
import { useScope } from '../state/use-scope.ts';
import { Skeleton } from '../ui/skeleton.tsx';
import { Empty } from '../ui/states.tsx';
import type { DashboardUser } from './user.ts';

const NONE: readonly VisibleSite[] = [];

/** Settles which site everything is about, once for the whole page: the one of the URL, or the first that one may see. */
export function SiteProvider({ children }: { children: ReactNode }) {
  const { state, setState } = useScope();
  const list = useSites().data?.sites ?? NONE;
  const open = (list.find(({ siteId }) => siteId === state.site) ?? list[0])?.siteId ?? null;
  const unnamed = list.length > 1 && open !== state.site;
  useEffect(() => {
    // A link shows what its sender saw, so that it says of which site. By now another one may have been chosen.
    if (unnamed) {
      const isKnown = (site: string | null) => list.some(({ siteId }) => siteId === site);
      void setState(({ site }) => (isKnown(site) ? {} : { site: open }), { history: 'replace' });
    }
  }, [unnamed, list, open, setState]);
  return <SiteContext value={open}>{children}</SiteContext>;
}

/** Nothing is asked before it is known about which site. */
export function SiteGate({ user, children }: { user: DashboardUser; children: ReactNode }) {
  const sites = useSites();
  const open = useSiteId();
  return (
    <Answered question={sites} loading={<Skeleton className="m-4 h-96" />}>
      {() =>
        open === null && user.role !== 'admin' ? (
          <div className="m-4 rounded-lg border bg-card">
            <Empty title="You are a member of no site">
              Ask an admin to add you under Settings, Users and roles. Your id is {user.id}.
            </Empty>
          </div>
        ) : (
          children
        )
      }
    </Answered>
  );
}
