'use client';

import { analyticsFor } from '@tallymark/client/react';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { usePathname } from 'next/navigation';
import { useEffect } from 'react';
import {
  BROWSER_VISIT_COOKIE,
  type BrowserVisit,
  browserVisitOf,
  SESSION_SILENCE_SECONDS,
  writeBrowserVisit,
} from './browser-visit.ts';

const { useAnalytics } = analyticsFor<DemoPlan>();
/** A page view is kept on the device within it; the visit is known from then on. */
const LOOK_AGAIN_MS = 500;

/** Keeps the cookie by which server code knows the visit that the browser's own events are in. */
export function VisitCookie() {
  const analytics = useAnalytics();
  const path = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page that is opened lengthens the visit
  useEffect(() => {
    if (!analytics) return;
    const write = () => writeCookie(browserVisitOf(analytics));
    write();
    const timer = setTimeout(write, LOOK_AGAIN_MS);
    addEventListener('pointerdown', write, true);
    return () => {
      clearTimeout(timer);
      removeEventListener('pointerdown', write, true);
    };
  }, [analytics, path]);
  return null;
}

function writeCookie(visit: BrowserVisit | null): void {
  // Nobody is followed who is not tracked.
  const [value, age] = visit ? [writeBrowserVisit(visit), SESSION_SILENCE_SECONDS] : ['', 0];
  // biome-ignore lint/suspicious/noDocumentCookie: browsers without the cookie store API count too
  document.cookie = `${BROWSER_VISIT_COOKIE}=${value}; path=/; max-age=${age}; samesite=lax`;
}
