'use client';
import type { EventDetailAnswer } from '@tallymark/contract/reports/event-detail';
import { Facts, ObjectFacts } from './facts.tsx';

const together = (...parts: readonly (string | null)[]) => parts.filter(Boolean).join(' ');

/** Where the visitor came from, and what with. */
export function AttributionFacts({ attribution, touch }: Pick<EventDetailAnswer, 'attribution' | 'touch'>) {
  if (!attribution) {
    return touch ? (
      <ObjectFacts object={touch} empty="" />
    ) : (
      <p className="text-xs text-muted-foreground">The event is not enriched yet.</p>
    );
  }
  const a = attribution;
  return (
    <Facts
      empty="Nothing is known of where the visitor came from."
      facts={[
        ['Channel', a.channel],
        ['Referrer', a.referrer ?? a.referrerDomain],
        ['Landing page', a.landingPage],
        ['UTM source', a.utmSource],
        ['UTM medium', a.utmMedium],
        ['UTM campaign', a.utmCampaign],
        ['UTM content', a.utmContent],
        ['UTM term', a.utmTerm],
        ['Click IDs', a.clickIds && JSON.stringify(a.clickIds)],
        ['Device', together(a.deviceType, a.deviceBrand, a.deviceModel)],
        ['Browser', together(a.browser, a.browserVersion)],
        ['System', together(a.os, a.osVersion)],
      ]}
    />
  );
}
