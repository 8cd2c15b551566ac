import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { createAnalytics } from '../create-analytics.ts';
import type { Analytics, AnalyticsOptions, ReceiptEvent } from '../types.ts';

declare global {
  interface Window {
    analytics: Analytics<DemoPlan>;
    receipts: ReceiptEvent[];
    complaints: string[];
  }
}

/** A page whose options of the client stand in its address. */
const options = JSON.parse(new URL(location.href).searchParams.get('options') ?? '{}') as Partial<AnalyticsOptions>;
window.receipts = [];
window.complaints = [];
window.analytics = createAnalytics<DemoPlan>({
  url: '/api/trpc',
  siteKey: 'tm_test',
  onError: (error) => window.complaints.push(String(error)),
  ...options,
});
window.analytics.onReceipt((receipt) => window.receipts.push(receipt));
