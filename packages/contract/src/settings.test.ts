import { expect, test } from 'vitest';
import { INGEST_ERRORS, IngestError } from './errors.ts';
import { REJECTION_REASONS, receipt, rejected } from './receipt.ts';
import { parseSettings } from './settings.ts';

const MINIMUM = {
  DATABASE_URL: 'postgres://user@127.0.0.1:5432/db',
  REDIS_URL: 'redis://127.0.0.1:6379',
  TRACKING_HASH_SALT: 'x'.repeat(16),
};

test('the settings have the defaults of the public API', () => {
  expect(parseSettings(MINIMUM)).toMatchObject({
    TRACKING_BUFFER_MAX_SIZE: 100,
    TRACKING_BUFFER_FLUSH_INTERVAL_MS: 10_000,
    TRACKING_MAX_CATCH_UP_BATCH: 1_000,
    TRACKING_IDEMPOTENCY_TTL_SECONDS: 3_600,
    TRACKING_DEDUPLICATION_TTL_SECONDS: 60,
    TRACKING_ENABLE_DEDUPLICATION: true,
    TRACKING_ENABLE_ENRICHMENT: true,
    TRACKING_ENABLE_THROTTLING: true,
    TRACKING_ENABLE_AGGREGATION: true,
    TRACKING_RETENTION_MONTHS: 12,
    TRACKING_TRUSTED_PROXY_HOPS: 0,
  });
});

test('an empty value is a missing one, and a flag may be written as people write it', () => {
  const settings = parseSettings({ ...MINIMUM, TRACKING_BUFFER_MAX_SIZE: '', TRACKING_ENABLE_THROTTLING: 'false' });
  expect(settings).toMatchObject({ TRACKING_BUFFER_MAX_SIZE: 100, TRACKING_ENABLE_THROTTLING: false });
  expect(parseSettings({ ...MINIMUM, TRACKING_BUFFER_MAX_SIZE: '2000' }).TRACKING_BUFFER_MAX_SIZE).toBe(2_000);
});

test('all that is wrong is named at once', () => {
  const parse = () =>
    parseSettings({ REDIS_URL: 'http://x', TRACKING_HASH_SALT: 'short', TRACKING_BUFFER_MAX_SIZE: 'many' });
  for (const key of ['DATABASE_URL', 'REDIS_URL', 'TRACKING_HASH_SALT', 'TRACKING_BUFFER_MAX_SIZE']) {
    expect(parse).toThrow(key);
  }
});

test('of all reasons only `unavailable` invites to send the same event again', () => {
  const retryable = REJECTION_REASONS.filter((reason) => rejected(reason, 'm').retryable);
  expect(retryable).toEqual(['unavailable']);
  for (const reason of REJECTION_REASONS) expect(receipt.parse(rejected(reason, 'm'))).toEqual(rejected(reason, 'm'));
});

test('a refusal carries its status and how long to wait', () => {
  const error = new IngestError('buffer_full', 7, { cause: 'why' });
  expect(error).toMatchObject({
    status: 429,
    retryAfterSeconds: 7,
    cause: 'why',
    message: INGEST_ERRORS.buffer_full.message,
  });
});
