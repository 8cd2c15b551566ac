import type { DemoPlan } from '@tallymark/contract/demo-plan';
import { helpersFor } from './build-input.ts';

const { plain } = helpersFor<DemoPlan>();

/** Messages worth counting beside what people do. */
export const MessageEventHelpers = {
  trackMessage: plain('message_logged'),
};
