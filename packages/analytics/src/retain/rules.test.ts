import { demoPlan } from '@tallymark/contract/demo-plan';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { expect, test } from 'vitest';
import { openWorld } from '../test-support/ingestion-world.ts';
import { retentionOptionsFrom } from './config.ts';
import { Cutoffs } from './cutoffs.ts';
import { RetentionRules } from './rules.ts';

const NOBODY = '00000000-0000-7000-8000-0000000000ff';

test('keeps one rule for each site and type', async () => {
  await using world = await openWorld();
  const rules = new RetentionRules({ prisma: world.prisma, plan: demoPlan });
  await rules.set({ siteId: '*', eventType: '*', keepDays: 365 });
  await rules.set({ siteId: DEFAULT_SITE_ID.toUpperCase(), eventType: 'asset_viewed', keepDays: 36_500 });
  await rules.set({ siteId: DEFAULT_SITE_ID, eventType: 'asset_viewed', keepDays: null });
  expect(await rules.list()).toMatchObject([
    { siteId: '*', eventType: '*', keepDays: 365 },
    { siteId: DEFAULT_SITE_ID, eventType: 'asset_viewed', keepDays: null },
  ]);
  await rules.remove({ siteId: DEFAULT_SITE_ID.toUpperCase(), eventType: 'asset_viewed' });
  await expect(rules.remove({ siteId: DEFAULT_SITE_ID, eventType: 'asset_viewed' })).rejects.toMatchObject({
    code: 'unknown_rule',
  });
  expect(await rules.list()).toHaveLength(1);
});

test('takes no rule that nothing would come under', async () => {
  await using world = await openWorld();
  const rules = new RetentionRules({ prisma: world.prisma, plan: demoPlan });
  const set = (rule: object) => rules.set({ siteId: '*', eventType: '*', keepDays: 30, ...rule });
  for (const keepDays of [0, -1, 1.5, 36_501, Number.NaN, Number.POSITIVE_INFINITY]) {
    await expect(set({ keepDays })).rejects.toMatchObject({ code: 'invalid_days' });
  }
  for (const siteId of ['', 'shop', NOBODY, "' OR 1=1 --"]) {
    await expect(set({ siteId })).rejects.toMatchObject({ code: 'unknown_site' });
  }
  for (const eventType of ['', 'asset_veiwed', 'toString', '__proto__']) {
    await expect(set({ eventType })).rejects.toMatchObject({ code: 'unknown_type' });
  }
  expect(await rules.list()).toEqual([]);
  const withoutPlan = new RetentionRules({ prisma: world.prisma });
  await withoutPlan.set({ siteId: '*', eventType: 'of_another_product', keepDays: 1 });
});

test('months and days of the settings; a rule for everything takes their place', () => {
  const now = new Date('2026-11-15T12:00:00Z');
  expect(new Cutoffs([], { months: 13 }, now).fallback).toEqual(new Date('2025-10-15T12:00:00Z'));
  expect(new Cutoffs([], { days: 2 }, now).fallback).toEqual(new Date('2026-11-13T12:00:00Z'));
  const forEver = new Cutoffs([{ siteId: '*', eventType: '*', keepDays: null }], { days: 2 }, now);
  expect([forEver.fallback, forEver.newest()]).toEqual([null, null]);
});

test('days win over months, and a folder is needed for archives', () => {
  const settings = { TRACKING_CLEANUP_OLDER_THAN_MONTHS: 13 } as Parameters<typeof retentionOptionsFrom>[0];
  expect(retentionOptionsFrom(settings)).toEqual({ cleanupOlderThan: { months: 13 }, archiveDir: null });
  const more = { ...settings, TRACKING_RETENTION_DAYS: 40, TRACKING_ARCHIVE_DIR: '/archive' };
  expect(retentionOptionsFrom(more)).toEqual({ cleanupOlderThan: { days: 40 }, archiveDir: '/archive' });
});
