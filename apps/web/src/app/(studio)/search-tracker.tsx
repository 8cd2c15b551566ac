'use client';

import { useEffect } from 'react';
import { useTrack } from '../../tracking/studio-analytics.tsx';

interface SearchTrackerProps {
  readonly query: string;
  readonly assetType: string | undefined;
  readonly resultCount: number;
}

/** Tracks a search once its results are shown. */
export function SearchTracker({ query, assetType, resultCount }: SearchTrackerProps) {
  const track = useTrack();
  useEffect(() => {
    void track('search_performed', { query, resultCount, ...(assetType && { filters: { assetType } }) });
  }, [track, query, assetType, resultCount]);
  return null;
}
