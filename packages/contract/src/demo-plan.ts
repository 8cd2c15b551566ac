import { z } from 'zod';
import { browserEvents } from './browser-events.ts';
import { LIMITS } from './limits.ts';
import { definePlan } from './plan.ts';

const id = z.string().min(1).max(LIMITS.idLength);
const label = z.string().min(1).max(LIMITS.idLength);
const url = z.string().max(LIMITS.urlLength);
const cents = z.int().min(0);
const share = z.number().min(0).max(1);
const pixels = z.int().min(0).max(1_000_000);

const interaction = z.strictObject({
  targetElementId: id,
  targetElementType: label,
  campaignId: id.optional(),
  influencerId: id.optional(),
});

/** The tracking plan of the demo product, a licensing studio. A host app writes its own with `definePlan`. */
export const demoPlan = definePlan(
  {
    ...browserEvents,
    asset_uploaded: {
      entityType: 'asset',
      props: z.strictObject({ fileSize: z.int().min(0), mimeType: label, assetType: label, projectId: id.optional() }),
    },
    asset_viewed: {
      entityType: 'asset',
      props: z.strictObject({ view_duration_ms: z.int().min(0).optional(), referrer: url.optional() }),
    },
    asset_downloaded: {
      entityType: 'asset',
      props: z.strictObject({
        format: label.optional(),
        fileSize: z.int().min(0).optional(),
        licenseId: id.optional(),
      }),
    },
    asset_approved: {
      entityType: 'asset',
      props: z.strictObject({ approvedBy: id, note: z.string().max(2_000).optional() }),
    },
    license_created: {
      entityType: 'license',
      report: { value: 'feeCents' },
      props: z.strictObject({
        assetId: id,
        feeCents: cents,
        territory: label.optional(),
        terms: z.string().max(2_000).optional(),
      }),
    },
    license_signed: {
      entityType: 'license',
      conversion: true,
      props: z.strictObject({ signedBy: id, signatureMethod: label }),
    },
    license_viewed: { entityType: 'license', props: z.strictObject({ assetId: id.optional() }) },
    project_created: {
      entityType: 'project',
      props: z.strictObject({ name: label.optional(), template: label.optional() }),
    },
    project_completed: {
      entityType: 'project',
      props: z.strictObject({ duration_days: z.number().min(0).optional(), assetCount: z.int().min(0).optional() }),
    },
    payout_completed: {
      entityType: 'payout',
      props: z.strictObject({ amount_cents: cents, payment_method: label, recipientId: id }),
    },
    payout_failed: {
      entityType: 'payout',
      props: z.strictObject({
        amount_cents: cents,
        payment_method: label,
        recipientId: id,
        failureReason: z.string().max(500),
      }),
    },
    user_login: {
      entityType: 'user',
      props: z.strictObject({ loginMethod: label, success: z.boolean(), failureReason: label.optional() }),
    },
    profile_updated: {
      entityType: 'user',
      props: z.strictObject({ changedFields: z.array(label).max(50) }),
    },
    search_performed: {
      props: z.strictObject({
        query: z.string().max(500),
        resultCount: z.int().min(0).optional(),
        filters: z.record(z.string(), z.string()).optional(),
      }),
    },
    cta_clicked: {
      props: z.strictObject({
        ctaId: id,
        label: label.optional(),
        location: label.optional(),
        destination: url.optional(),
      }),
    },
    page_viewed: {
      alwaysKeep: true,
      // Version 1 called the path `url`.
      version: 2,
      upcast: { 1: ({ url: path, ...rest }) => ({ ...rest, path }) },
      report: { page: 'path' },
      props: z.strictObject({
        path: url.min(1),
        title: z.string().max(500).optional(),
        referrer: url.optional(),
        /** HTTP status and response size in bytes, where a server log tells. */
        status: z.int().min(100).max(599).optional(),
        method: label.optional(),
        bytes: z.int().min(0).optional(),
      }),
    },
    scrolled: {
      samplingRate: 10,
      aggregate: true,
      props: z.strictObject({ path: url, depth: share }),
    },
    mouse_moved: {
      samplingRate: 1,
      aggregate: true,
      props: z.strictObject({ path: url, x: pixels, y: pixels }),
    },
    element_clicked: {
      campaign: 'click',
      report: { campaignId: 'campaignId', influencerId: 'influencerId' },
      props: interaction,
    },
    element_liked: { props: interaction },
    element_viewed: { props: interaction },
    form_submitted: {
      alwaysKeep: true,
      props: z.strictObject({ formId: id, success: z.boolean().optional(), fieldCount: z.int().min(0).optional() }),
    },
    cart_item_added: {
      alwaysKeep: true,
      entityType: 'asset',
      props: z.strictObject({
        quantity: z.int().min(1),
        price_cents: cents,
        currency: z.string().length(3).optional(),
      }),
    },
    campaign_impression: {
      entityType: 'campaign',
      campaign: 'impression',
      report: { campaignId: 'campaignId', influencerId: 'influencerId', cost: 'costCents' },
      props: z.strictObject({
        campaignId: id,
        influencerId: id.optional(),
        placement: label.optional(),
        /** In cents, fractions of one allowed. */
        costCents: z.number().min(0).optional(),
      }),
    },
    campaign_conversion: {
      entityType: 'campaign',
      conversion: true,
      campaign: 'conversion',
      report: { campaignId: 'campaignId', influencerId: 'influencerId', value: 'value' },
      props: z.strictObject({
        campaignId: id,
        influencerId: id.optional(),
        /** In cents. */
        value: z.number().optional(),
      }),
    },
    message_logged: {
      props: z.strictObject({
        message: z.string().min(1).max(8_000),
        level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
      }),
    },
  },
  { entityIds: { asset: z.uuid(), license: z.uuid(), project: z.uuid(), payout: z.uuid() } },
);

export type DemoPlan = typeof demoPlan;
