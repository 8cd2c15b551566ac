import type { EventTypeDefinition } from '@tallymark/contract/plan';
import type { SamplingRule } from '@tallymark/contract/stats';
import { stableHash } from './stable-hash.ts';

/**
 * Where a visitor falls, from 0 up to but not including 100 per cent. The same visitor falls on the same place for
 * every event type, so that a sampled visitor's story stays whole.
 */
export function samplingBucket(visitor: string): number {
  return (stableHash(visitor) / 0x1_0000_0000) * 100;
}

/** Per cent of visitors kept under the rule in force: the one set at run time, else the plan's, else all. */
export function samplingRate(definition: EventTypeDefinition, override: SamplingRule | undefined): number {
  const { alwaysKeep = false, samplingRate: rate = 100 } = override ?? definition;
  return alwaysKeep ? 100 : rate;
}
