import type { EventRow } from '@tallymark/contract/event-row';
import { LIMITS } from '@tallymark/contract/limits';
import type { Receipt, RejectedReceipt, RejectionReason } from '@tallymark/contract/receipt';
import { rejected } from '@tallymark/contract/receipt';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { SamplingRule } from '@tallymark/contract/stats';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { generateFingerprint } from '../dedup/fingerprint.ts';
import { payloadHash } from './canonical.ts';
import type { IngestionConfig } from './config.ts';
import type { HashedIdentity, IdentityHasher } from './identity.ts';
import { type KeyDomain, keyIdentity } from './ids.ts';
import { samplingBucket, samplingRate } from './sampling.ts';
import type { SiteScope } from './site-directory.ts';
import { stableHash } from './stable-hash.ts';
import { judgeTime } from './time-rules.ts';
import { type ValidEvent, validateEvent } from './validate.ts';

/** An event that nothing speaks against, ready for a row. */
export interface AcceptableEvent {
  readonly row: EventRow;
  readonly lane: 'event' | 'aggregate';
}

/** An event on its way into `accept`, or its receipt where that needs no look at the keys. */
export interface PreparedEvent {
  readonly shard: number;
  readonly dedup: { readonly key: string; readonly ttlSeconds: number } | null;
  /** Where the event is stored if it was taken before; null where only Redis could know that. */
  readonly keyedId: string | null;
  /** Empty for a fingerprint, where any repeat is a duplicate. */
  readonly comparableHash: string;
  /** Characters of the event as it was sent: about what it will take in the buffer. */
  readonly size: number;
  readonly outcome: AcceptableEvent | Exclude<Receipt, { status: 'accepted' | 'duplicate' }>;
}

export interface PrepareScope {
  readonly site: SiteScope;
  readonly context: RequestContext;
  readonly domain: KeyDomain;
  readonly receivedAt: Date;
  /** The oldest time kept, as of `receivedAt`. */
  readonly retentionFloor: Date;
  readonly overrides: ReadonlyMap<string, SamplingRule>;
}

export interface Preparer {
  readonly config: IngestionConfig;
  readonly identities: IdentityHasher;
}

/** Milliseconds in the 48 bits of a UUIDv7: the year 10889. */
const LATEST_ID_TIME = 2 ** 48 - 1;

/** Validates one event and settles everything about it that does not need a store: id, hashes, identity, sampling. */
export function prepareEvent(preparer: Preparer, input: unknown, scope: PrepareScope): PreparedEvent {
  const { config } = preparer;
  const { session, unprovenActor } = scope.context;
  const { receivedAt } = scope;
  const caller = { userId: session?.userId ?? null, trusted: scope.domain !== 'public', unprovenActor, receivedAt };
  const valid = validateEvent(config.plan, input, caller);
  if ('status' in valid) return settled(valid);

  const { envelope } = valid;
  const occurredAt = envelope.occurredAt ? new Date(envelope.occurredAt) : scope.receivedAt;
  const identity = preparer.identities.identify(scope.context, scope.site.siteId, occurredAt);
  const idempotencyKey = envelope.idempotencyKey ?? undefined;
  const key = idempotencyKey === undefined ? null : keyIdentity(scope.site.tenantId, scope.domain, idempotencyKey);
  const aggregate = config.enableAggregation && valid.definition.aggregate === true;
  const dedup = dedupKey(config, scope, valid, { occurredAt, identity, key: key?.dedupKey, aggregate });
  // By session first, so that a session's events keep their order.
  const shardKey = envelope.sessionId ?? idempotencyKey ?? identity.visitorId ?? dedup?.key ?? envelope.eventType;
  const hashed = payloadHash(valid.canonical);
  // What lies outside of the times an id can have is refused below, and the id with it.
  const id = uuidV7(Math.min(Math.max(0, occurredAt.getTime()), LATEST_ID_TIME), key?.bits);
  const about = {
    keyedId: key ? id : null,
    shard: stableHash(shardKey) % config.shards,
    dedup,
    comparableHash: key ? hashed : '',
    size: valid.canonical.length,
  };

  const late = judgeTime({
    occurredAt,
    now: scope.receivedAt,
    floor: scope.retentionFloor,
    retentionExempt: scope.context.retentionExempt ?? false,
    rememberedSeconds: aggregate ? rememberedSeconds(config, key !== null) : null,
  });
  if (late) return { ...about, outcome: rejected(late.reason, late.message) };

  const rate = config.enableThrottling ? samplingRate(valid.definition, scope.overrides.get(envelope.eventType)) : 100;
  const whom = identity.visitorId ?? envelope.sessionId ?? valid.actorId ?? id;
  if (rate < 100 && samplingBucket(whom) >= rate) return { ...about, outcome: { status: 'sampled' } };

  const row = buildRow(valid, scope, { id, occurredAt, identity, payloadHash: hashed, samplingRate: rate });
  return { ...about, outcome: { row, lane: aggregate ? 'aggregate' : 'event' } };
}

/** An event whose receipt is known without asking for its key. */
export function settled(receipt: RejectedReceipt): PreparedEvent {
  return { shard: 0, dedup: null, keyedId: null, comparableHash: '', size: 0, outcome: receipt };
}

export function rejectionReason(prepared: PreparedEvent): RejectionReason | null {
  return 'status' in prepared.outcome && prepared.outcome.status === 'rejected' ? prepared.outcome.reason : null;
}

interface DedupFacts {
  readonly key: string | undefined;
  readonly occurredAt: Date;
  readonly identity: HashedIdentity;
  readonly aggregate: boolean;
}

const rememberedSeconds = (config: IngestionConfig, keyed: boolean) =>
  keyed ? config.idempotencyTtlSeconds : config.deduplicationTtlSeconds;

function dedupKey(
  config: IngestionConfig,
  { site }: PrepareScope,
  valid: ValidEvent,
  { key, occurredAt, identity, aggregate }: DedupFacts,
): PreparedEvent['dedup'] {
  if (!config.enableDeduplication) return null;
  // A repeat's age counts from its own time, which may be ahead of ours by the skew that is allowed.
  const skewSeconds = aggregate ? LIMITS.clockSkewMs / 1_000 : 0;
  const ttlSeconds = rememberedSeconds(config, key !== undefined) + skewSeconds;
  if (key !== undefined) return { key, ttlSeconds };
  const fingerprint = generateFingerprint({
    tenantId: site.tenantId,
    siteId: site.siteId,
    eventType: valid.envelope.eventType,
    actorId: valid.actorId,
    visitorId: identity.visitorId,
    sessionId: valid.envelope.sessionId ?? undefined,
    entityId: valid.entityId,
    occurredAt,
  });
  return { key: fingerprint, ttlSeconds };
}

interface RowFacts {
  readonly id: string;
  readonly occurredAt: Date;
  readonly identity: HashedIdentity;
  readonly payloadHash: string;
  readonly samplingRate: number;
}

function buildRow(valid: ValidEvent, { site, context, receivedAt }: PrepareScope, facts: RowFacts): EventRow {
  const { envelope } = valid;
  return {
    id: facts.id,
    tenantId: site.tenantId,
    siteId: site.siteId,
    eventType: envelope.eventType,
    schemaVersion: valid.schemaVersion,
    source: envelope.source,
    service: envelope.service ?? undefined,
    entityType: valid.entityType,
    entityId: valid.entityId,
    actorId: valid.actorId,
    visitorId: facts.identity.visitorId,
    sessionId: envelope.sessionId ?? undefined,
    occurredAt: facts.occurredAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
    propsJson: valid.props,
    sentJson: valid.sent ?? undefined,
    touchJson: envelope.attribution ?? undefined,
    userAgent: context.userAgent ?? undefined,
    clientHintsJson: context.clientHints ?? undefined,
    ipHash: facts.identity.ipHash,
    idempotencyKey: envelope.idempotencyKey ?? undefined,
    payloadHash: facts.payloadHash,
    correlationId: context.correlationId ?? undefined,
    clientVersion: context.clientVersion ?? undefined,
    samplingRate: facts.samplingRate,
    retentionExempt: context.retentionExempt === true ? true : undefined,
  };
}
