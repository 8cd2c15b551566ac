import { z } from 'zod';
import { LIMITS } from './limits.ts';
import type { EventTypeDefinition } from './plan.ts';

const url = z.string().max(LIMITS.urlLength);

/**
 * The event types that the browser client sends by itself: `page()`, and autocapture. A plan spreads them into its own, and
 * may define any of them anew with further props.
 */
export const browserEvents = {
  page_viewed: {
    alwaysKeep: true,
    report: { page: 'path' },
    props: z.strictObject({ path: url.min(1), title: z.string().max(500).optional(), referrer: url.optional() }),
  },
  form_submitted: {
    alwaysKeep: true,
    props: z.strictObject({
      /** `id` or `name` of the form, else the path of its page. */
      formId: z.string().min(1).max(LIMITS.idLength),
      fieldCount: z.int().min(0).optional(),
    }),
  },
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
