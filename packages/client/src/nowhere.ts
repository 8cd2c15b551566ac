import type { TrackingPlan } from '@tallymark/contract/plan';
import type { Analytics } from './types.ts';

/** What `createAnalytics` is on a server: modules of client components are evaluated there too. */
export const nowhere: Analytics<TrackingPlan> = {
  track: async () => null,
  page: async () => null,
  identify: () => {},
  visit: () => null,
  reset: () => {},
  flush: async () => 0,
  consent: async () => {},
  optOut: async () => {},
  onReceipt: () => () => {},
};
