import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { helpersFor } from './build-input.ts';

const { plain } = helpersFor<DemoPlan>();

/** How people move through the product. */
export const EngagementEventHelpers = {
  trackSearch: plain('search_performed'),
  trackCtaClick: plain('cta_clicked'),
  trackPageView: plain('page_viewed'),
  trackScroll: plain('scrolled'),
  trackMouseMove: plain('mouse_moved'),
  trackOutboundLink: plain('outbound_link_clicked'),
  trackFileDownload: plain('file_downloaded'),
  trackWebVital: plain('web_vital_measured'),
};
