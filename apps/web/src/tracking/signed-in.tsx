'use client';

import { useEffect, useRef } from 'react';
import { useAnalytics } from './studio-analytics.tsx';

/** Tells the browser client who is logged in, and that nobody is any more. */
export function SignedIn({ userId }: { userId: string | null }) {
  const analytics = useAnalytics();
  const last = useRef<string | null>(null);
  useEffect(() => {
    if (!analytics) return;
    if (userId) analytics.identify(userId);
    else if (last.current) analytics.reset();
    last.current = userId;
  }, [analytics, userId]);
  return null;
}
