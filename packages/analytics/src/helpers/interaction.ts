import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { type HelperContext, helpersFor } from './build-input.ts';

const { plain } = helpersFor<DemoPlan>();

const byKind = {
  click: plain('element_clicked'),
  like: plain('element_liked'),
  view: plain('element_viewed'),
};

/** What somebody did to a target element. */
export const InteractionEventHelpers = {
  trackInteraction: (
    kind: keyof typeof byKind,
    props: Parameters<(typeof byKind)['click']>[0],
    context?: HelperContext,
  ) => byKind[kind](props, context),
};
