import { type HelperContext, helpersFor } from '@tallymark/analytics/helpers/build-input';
import type { IngestInput } from '@tallymark/analytics/ingest/service';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { AttributionInput, EventInput } from '@tallymark/contract/event-input';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { Person } from './people.ts';
import type { Source } from './sources.ts';

const { entity, plain } = helpersFor<DemoPlan>();
/** What makes an event of each type that happens in a visit. */
export const EVENTS = {
  pageViewed: plain('page_viewed'),
  searched: plain('search_performed'),
  clicked: plain('element_clicked'),
  formSubmitted: plain('form_submitted'),
  fileDownloaded: plain('file_downloaded'),
  vitalMeasured: plain('web_vital_measured'),
  assetViewed: entity('asset_viewed'),
  assetDownloaded: entity('asset_downloaded'),
  cartItemAdded: entity('cart_item_added'),
  impression: entity('campaign_impression'),
  conversion: entity('campaign_conversion'),
  licenseCreated: entity('license_created'),
  licenseSigned: entity('license_signed'),
  licenseViewed: entity('license_viewed'),
  payoutCompleted: entity('payout_completed'),
  payoutFailed: entity('payout_failed'),
  userLogin: entity('user_login'),
};

export interface HistoryEvent {
  readonly atMs: number;
  readonly input: IngestInput<DemoPlan>;
}

interface VisitInfo {
  readonly person: Person;
  readonly source: Source;
  readonly sessionId: string;
  readonly landing: string;
  readonly startMs: number;
  readonly user?: { readonly userId: string; readonly role: string };
  /** Names the visit within the history. */
  readonly key: string;
}

/** Where the studio of the history lived. */
const ORIGIN = 'https://studio.example';

/** Writes down what happens in a visit, one thing after another. */
export class VisitLog {
  readonly events: HistoryEvent[] = [];
  atMs: number;
  private readonly context: RequestContext;
  private readonly attribution: AttributionInput;

  constructor(private readonly visit: VisitInfo) {
    const { person, source, landing, user } = visit;
    this.atMs = visit.startMs;
    const { visitorId, userAgent, language, timeZone, viewport } = person;
    this.context = { visitorId, userAgent, ...(user && { session: user }) };
    const query = new URLSearchParams(source.link).toString();
    this.attribution = {
      landingPage: `${ORIGIN}${landing}${query && `?${query}`}`,
      ...(source.referrer && { referrer: source.referrer }),
      ...{ language, timeZone, viewport },
    };
  }

  /** Time goes by. */
  wait(ms: number): this {
    this.atMs += Math.round(ms);
    return this;
  }

  web(make: (context: HelperContext) => EventInput<DemoPlan>): this {
    return this.add(make({ ...this.base(), source: 'web', attribution: this.attribution }));
  }

  server(make: (context: HelperContext) => EventInput<DemoPlan>): this {
    return this.add(make({ ...this.base(), source: 'server' }));
  }

  private base(): HelperContext {
    const { key, sessionId } = this.visit;
    return { sessionId, idempotencyKey: `${key}.${this.events.length}`, occurredAt: new Date(this.atMs) };
  }

  private add(input: EventInput<DemoPlan>): this {
    this.events.push({ atMs: this.atMs, input: { ...input, context: this.context } });
    return this;
  }
}
