import { z } from 'zod';
import { DIMENSIONS } from './dimensions.ts';
import { reportFilter } from './filter.ts';
import { answeredScope, reportScope } from './scope.ts';
import { storedText } from './stored-text.ts';

const DAY_SECONDS = 86_400;
const text = storedText(500).min(1);

/** What a visitor has to do: an event of a type, a view of a page, or an event of a type on a page. */
export const funnelStep = z
  .strictObject({
    eventType: text.max(100).optional(),
    /** The path as it was recorded; with `*` at its end, every page whose path begins with what stands before. */
    page: text.optional(),
    /** Conditions of this step, beside those of the question. */
    filter: reportFilter.default([]),
  })
  .refine(({ eventType, page }) => eventType !== undefined || page !== undefined, 'names neither eventType nor page');
export type FunnelStep = z.infer<typeof funnelStep>;

export const funnelInput = reportScope.extend({
  /** In the order in which they have to be taken. */
  steps: z.array(funnelStep).min(2).max(10),
  /** From the first step to the last; 7 days when left out, at most 90. */
  windowSeconds: z
    .int()
    .min(1)
    .max(90 * DAY_SECONDS)
    .default(7 * DAY_SECONDS),
  /** Also answers by what the first step says of it. */
  breakdown: z.enum(DIMENSIONS).optional(),
});
export type FunnelInput = z.infer<typeof funnelInput>;

const share = z.number().min(0).max(1).nullable();

const steps = z.array(
  z.object({
    /** From 1 up. */
    step: z.int(),
    /** Visitors who reached the step. */
    visitors: z.int(),
    /** Of those who took the first step, from 0 to 1; null where nobody did. */
    shareOfFirst: share,
    /** Of those who reached the step before, from 0 to 1; null on the first and where nobody did. */
    shareOfPrevious: share,
    /** Between the step before and this one, of those who reached it; null on the first and where nobody did. */
    medianSeconds: z.number().min(0).nullable(),
  }),
);

const part = z.object({
  steps,
  /** Visitors who took the last step of those who took the first; null where nobody did. */
  conversion: share,
});

/** Visitors whose events were kept: a visitor has no weight, so where events were sampled these are not estimates of all. */
export const funnelAnswer = answeredScope.extend({
  windowSeconds: z.int(),
  ...part.shape,
  /** By the first step of each visitor's best attempt, the most visitors first; null where none was asked for. */
  breakdown: z
    .array(
      z.object({
        /** What first steps say of the dimension; empty where they say nothing, null for all others together. */
        value: z.string().nullable(),
        ...part.shape,
      }),
    )
    .nullable(),
  /** Events that would be a step but have no visitor, so that they are in no funnel. One that two steps want counts twice. */
  eventsWithoutVisitor: z.int(),
});
export type FunnelAnswer = z.infer<typeof funnelAnswer>;
