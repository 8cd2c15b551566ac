import { z } from 'zod';
import { LIMITS } from './limits.ts';
import type { EventTypeDefinition } from './plan.ts';

const url = z.string().max(LIMITS.urlLength);

/** The event types that autocapture of the browser client sends. A plan that wants them spreads them into its own. */
export const browserEvents = {
  outbound_link_clicked: { props: z.strictObject({ url }) },
  file_downloaded: { props: z.strictObject({ url, extension: z.string().max(20).optional() }) },
  web_vital_measured: {
    samplingRate: 100,
    props: z.strictObject({
      name: z.enum(['CLS', 'FCP', 'INP', 'LCP', 'TTFB']),
      /** Milliseconds; CLS has no unit. */
      value: z.number().min(0),
      rating: z.enum(['good', 'needs-improvement', 'poor']),
      path: url,
    }),
  },
} as const satisfies Readonly<Record<string, EventTypeDefinition>>;
