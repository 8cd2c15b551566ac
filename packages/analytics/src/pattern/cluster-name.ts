import type { VisitorCluster, VisitorFeature } from '@tallymark/contract/patterns';

const WORDS: Readonly<Record<VisitorFeature, { readonly more: string; readonly less: string }>> = {
  sessions: { more: 'come back often', less: 'come once' },
  pageViews: { more: 'look at many pages', less: 'look at few pages' },
  seconds: { more: 'stay long', less: 'leave soon' },
  conversions: { more: 'convert', less: 'do not convert' },
  mobile: { more: 'on phones', less: 'on desktops' },
  night: { more: 'in the evening and at night', less: 'by day' },
  campaign: { more: 'brought by campaigns', less: 'without a campaign' },
};
/** In standard deviations of all visitors. */
const WORTH_NAMING = 0.4;
const NAMED = 3;

/** What tells a cluster apart, in words, most first: `come back often, convert, on desktops`. */
export function clusterName(features: VisitorCluster['features']): string {
  const named = features.filter(({ deviation }) => Math.abs(deviation) >= WORTH_NAMING).slice(0, NAMED);
  if (named.length === 0) return 'like most visitors';
  return named.map(({ feature, deviation }) => WORDS[feature][deviation > 0 ? 'more' : 'less']).join(', ');
}
