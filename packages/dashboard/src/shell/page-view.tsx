'use client';
import dynamic from 'next/dynamic';
import type { ComponentType } from 'react';
import { Skeleton } from '../ui/skeleton.tsx';
import { ComeToLife } from './come-to-life.tsx';
import type { PagePath } from './pages.ts';
import type { DashboardUser } from './user.ts';

interface ViewProps {
  readonly user: DashboardUser;
}

const loading = () => <Skeleton className="h-[60dvh] w-full" />;

const alive = (View: ComponentType<ViewProps>) => (props: ViewProps) => (
  <ComeToLife>
    <View {...props} />
  </ComeToLife>
);

/** Each page is loaded when it is opened. */
const VIEWS: Readonly<Partial<Record<PagePath, ComponentType<ViewProps>>>> = {
  '': dynamic(() => import('../pages/overview/overview.tsx').then(({ Overview }) => alive(Overview)), { loading }),
  live: dynamic(() => import('../pages/live/live.tsx').then(({ Live }) => alive(Live)), { loading }),
  events: dynamic(() => import('../pages/events/events.tsx').then(({ Events }) => alive(Events)), { loading }),
  funnels: dynamic(() => import('../pages/funnels/funnels.tsx').then(({ Funnels }) => alive(Funnels)), { loading }),
  retention: dynamic(() => import('../pages/retention/retention.tsx').then(({ Retention }) => alive(Retention)), {
    loading,
  }),
  paths: dynamic(() => import('../pages/paths/paths.tsx').then(({ Paths }) => alive(Paths)), { loading }),
  campaigns: dynamic(() => import('../pages/campaigns/campaigns.tsx').then(({ Campaigns }) => alive(Campaigns)), {
    loading,
  }),
  assets: dynamic(() => import('../pages/assets/assets.tsx').then(({ Assets }) => alive(Assets)), { loading }),
  pipeline: dynamic(() => import('../pages/pipeline/pipeline.tsx').then(({ Pipeline }) => alive(Pipeline)), {
    loading,
  }),
  plan: dynamic(() => import('../pages/plan/plan.tsx').then(({ Plan }) => alive(Plan)), { loading }),
  alerts: dynamic(() => import('../pages/alerts/alerts.tsx').then(({ Alerts }) => alive(Alerts)), { loading }),
  settings: dynamic(() => import('../pages/settings/settings.tsx').then(({ Settings }) => alive(Settings)), {
    loading,
  }),
};

export function PageView({ page, user }: { page: PagePath; user: DashboardUser }) {
  const View = VIEWS[page];
  return View ? <View user={user} /> : null;
}
