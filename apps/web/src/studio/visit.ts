import type { HelperContext } from '@tallymark/analytics/helpers/build-input';
import type { RequestContext } from '@tallymark/contract/request-context';

/** Whose doing it is, for events that server code tracks. */
export interface Visit {
  /** Null for guests. */
  readonly userId: string | null;
  /** For the helper that makes the event. */
  readonly event: HelperContext;
  /** For `track(tx, event, context)`. */
  readonly context: RequestContext;
  /** The campaign that brought the visitor, and who shared its link. */
  readonly campaignId?: string;
  readonly influencerId?: string;
}
