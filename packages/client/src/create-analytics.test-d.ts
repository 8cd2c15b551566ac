import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { expectTypeOf, test } from 'vitest';
import type { Analytics } from './types.ts';

declare const analytics: Analytics<DemoPlan>;

test('an event of the plan compiles, with its own props', () => {
  expectTypeOf(analytics.track('cta_clicked', { ctaId: 'buy' })).toEqualTypeOf<Promise<string | null>>();
  analytics.track('asset_viewed', {}, { entityId: '0190b6a4-7c1e-7000-8000-000000000001' });
});

test('no other does', () => {
  // @ts-expect-error an unknown type
  analytics.track('cta_clickt', { ctaId: 'buy' });
  // @ts-expect-error a prop is missing
  analytics.track('cta_clicked', {});
  // @ts-expect-error a prop that the type does not have
  analytics.track('cta_clicked', { ctaId: 'buy', colour: 'red' });
  // @ts-expect-error it happens to an asset, and somebody has to say to which
  analytics.track('asset_viewed', {});
});
