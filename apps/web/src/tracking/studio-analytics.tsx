'use client';

import { AnalyticsProvider, analyticsFor } from '@tallymark/client/react';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { ReactNode } from 'react';
import { STUDIO_SITE_KEY } from './site-key.ts';
import { VisitCookie } from './visit-cookie.tsx';

const AUTOCAPTURE = {
  pageViews: true,
  outboundLinks: true,
  downloads: true,
  formSubmits: true,
  dataAttributes: true,
  webVitals: true,
};

/** Tracks what happens in the browser, and lets server code know which visit it belongs to. */
export function StudioAnalytics({ children }: { children: ReactNode }) {
  return (
    <AnalyticsProvider url="/api/trpc" siteKey={STUDIO_SITE_KEY} autocapture={AUTOCAPTURE}>
      <VisitCookie />
      {children}
    </AnalyticsProvider>
  );
}

/** Typed by the studio's tracking plan. */
export const { useAnalytics, useTrack, TrackView } = analyticsFor<DemoPlan>();
