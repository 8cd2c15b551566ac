'use client';
import dynamic from 'next/dynamic';
import type { ComponentType } from 'react';
import { Skeleton } from '../ui/skeleton.tsx';
import type { PagePath } from './pages.ts';
import type { DashboardUser } from './user.ts';

interface ViewProps {
  readonly user: DashboardUser;
}

const loading = () => <Skeleton className="h-[60dvh] w-full" />;

/** Each page is loaded when it is opened. */
const VIEWS: Readonly<Partial<Record<PagePath, ComponentType<ViewProps>>>> = {
  '': dynamic(() => import('../pages/overview/overview.tsx').then(({ Overview }) => Overview), { loading }),
  live: dynamic(() => import('../pages/live/live.tsx').then(({ Live }) => Live), { loading }),
  events: dynamic(() => import('../pages/events/events.tsx').then(({ Events }) => Events), { loading }),
  funnels: dynamic(() => import('../pages/funnels/funnels.tsx').then(({ Funnels }) => Funnels), { loading }),
  retention: dynamic(() => import('../pages/retention/retention.tsx').then(({ Retention }) => Retention), { loading }),
  paths: dynamic(() => import('../pages/paths/paths.tsx').then(({ Paths }) => Paths), { loading }),
  campaigns: dynamic(() => import('../pages/campaigns/campaigns.tsx').then(({ Campaigns }) => Campaigns), { loading }),
  assets: dynamic(() => import('../pages/assets/assets.tsx').then(({ Assets }) => Assets), { loading }),
  pipeline: dynamic(() => import('../pages/pipeline/pipeline.tsx').then(({ Pipeline }) => Pipeline), { loading }),
  plan: dynamic(() => import('../pages/plan/plan.tsx').then(({ Plan }) => Plan), { loading }),
  alerts: dynamic(() => import('../pages/alerts/alerts.tsx').then(({ Alerts }) => Alerts), { loading }),
  settings: dynamic(() => import('../pages/settings/settings.tsx').then(({ Settings }) => Settings), { loading }),
};

export function PageView({ page, user }: { page: PagePath; user: DashboardUser }) {
  const View = VIEWS[page];
  return View ? <View user={user} /> : null;
}
