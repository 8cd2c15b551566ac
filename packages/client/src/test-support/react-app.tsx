import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { useEffect } from 'react';
import { AnalyticsProvider, analyticsFor } from '../react/index.tsx';

const { useTrack, TrackView } = analyticsFor<DemoPlan>();

/** Tracks as soon as it can: its effect runs before the one of the provider. */
function Eager() {
  const track = useTrack();
  useEffect(() => {
    void track('search_performed', { query: 'eager' });
  }, [track]);
  const buy = () => void track('cta_clicked', { ctaId: 'buy' });
  return (
    <button type="button" onClick={buy}>
      Buy
    </button>
  );
}

/** A button, and further down than any screen reaches something that counts when it is seen. */
export function App() {
  return (
    <AnalyticsProvider url="/api/trpc" siteKey="tm_test">
      <Eager />
      <div style={{ height: 4_000 }} />
      <TrackView
        eventType="element_viewed"
        props={{ targetElementId: 'offer', targetElementType: 'card' }}
        className="offer"
      >
        <p>An offer</p>
      </TrackView>
      <div style={{ height: 4_000 }} />
    </AnalyticsProvider>
  );
}
