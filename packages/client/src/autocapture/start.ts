import type { TrackingPlan } from '@tallymark/contract/plan';
import type { Analytics, AutocaptureOptions } from '../types.ts';
import { watchClicks } from './clicks.ts';
import { watchForms } from './forms.ts';
import { watchPages } from './pages.ts';
import type { TrackAny } from './track-any.ts';

/** Starts what was asked for, for as long as the page lives. */
export async function startAutocapture<Plan extends TrackingPlan>(
  analytics: Analytics<Plan>,
  wanted: AutocaptureOptions,
): Promise<void> {
  const track: TrackAny = (eventType, props, entityId) => {
    void (analytics as unknown as Analytics<TrackingPlan>).track(eventType, props, entityId ? { entityId } : undefined);
  };
  if (wanted.pageViews) watchPages(() => void analytics.page());
  if (wanted.outboundLinks || wanted.downloads || wanted.dataAttributes) watchClicks(track, wanted);
  if (wanted.formSubmits) watchForms(track);
  if (wanted.webVitals) (await import('./web-vitals.ts')).watchVitals(track);
}
