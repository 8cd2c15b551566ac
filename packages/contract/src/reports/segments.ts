import { z } from 'zod';
import { figure } from './figure.ts';
import { reportFilter } from './filter.ts';
import { answeredScope, bots } from './scope.ts';
import { storedText } from './stored-text.ts';

const NAME_LENGTH = 100;
/** Segments of one site. */
export const MOST_SEGMENTS = 500;

const site = z.strictObject({
  /** Default: the site of the request. */
  siteId: z.guid().optional(),
});
const name = storedText(NAME_LENGTH).trim().min(1);
const savedFilter = reportFilter.min(1, 'A segment has at least one condition.');

export const segment = z.object({
  id: z.string(),
  /** Unique on the site. */
  name: z.string(),
  filter: reportFilter,
  /** User id of who saved it first. */
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Segment = z.infer<typeof segment>;

export const segmentsInput = site.optional();
/** By name. */
export const segmentsAnswer = z.object({ segments: z.array(segment) });

export const saveSegmentInput = site.extend({ name, filter: savedFilter });
/** What is left out stays as it is. */
export const updateSegmentInput = site
  .extend({ id: z.guid(), name: name.optional(), filter: savedFilter.optional() })
  .refine((change) => change.name !== undefined || change.filter !== undefined, 'Give a name, a filter or both.');
export const removeSegmentInput = site.extend({ id: z.guid() });
export const removedSegment = z.object({ id: z.string() });

/** A filter that is not saved yet, a saved one, or both together. */
export const previewSegmentInput = site.extend({
  filter: reportFilter.default([]),
  segmentId: z.guid().optional(),
  bots: bots.default('include'),
});
/** What a filter holds of the last seven days. */
export const previewSegmentAnswer = z.object({
  scope: answeredScope,
  events: figure,
  visitors: figure,
});
export type PreviewSegmentAnswer = z.infer<typeof previewSegmentAnswer>;
