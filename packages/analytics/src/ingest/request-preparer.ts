import { IngestError } from '@tallymark/contract/errors';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { PrismaClient } from '@tallymark/prisma/client';
import type { IngestionConfig } from './config.ts';
import { IdentityHasher } from './identity.ts';
import type { KeyDomain } from './ids.ts';
import { type PreparedEvent, prepareEvent, settled } from './prepare.ts';
import { RuntimeSampling } from './runtime-sampling.ts';
import { SiteDirectory } from './site-directory.ts';
import { retentionFloor } from './time-rules.ts';

export interface IncomingEvents {
  readonly inputs: readonly unknown[];
  readonly context: RequestContext;
  /** Whose keys these are; public callers are trusted with nothing else either. */
  readonly domain: KeyDomain;
  readonly receivedAt: Date;
}

const RETRY_AFTER_SECONDS = 2;

/** Prepares the events of a request: looks up what they share, then settles each by itself. */
export class RequestPreparer {
  readonly sampling: RuntimeSampling;
  private readonly sites: SiteDirectory;
  private readonly identities: IdentityHasher;

  constructor(
    store: PrismaClient,
    private readonly config: IngestionConfig,
  ) {
    this.sampling = new RuntimeSampling({ store, log: config.log });
    this.sites = new SiteDirectory(store, { tenantId: config.defaultTenantId, siteId: config.defaultSiteId });
    this.identities = new IdentityHasher(config.hashSalt);
  }

  /** @throws IngestError when a site that was never seen cannot be looked up. */
  async prepare({ inputs, context, domain, receivedAt }: IncomingEvents): Promise<PreparedEvent[]> {
    const { config, identities } = this;
    const shared = {
      domain,
      receivedAt,
      retentionFloor: retentionFloor(receivedAt, config.retention),
      overrides: await this.sampling.current(),
    };
    const requestSite = await this.resolveSite(context);
    const prepared: PreparedEvent[] = [];
    for (const input of inputs) {
      const own = domain === 'public' ? null : ownContext(input);
      const merged = own ? { ...context, ...own.context } : context;
      const site = own?.context.siteId || own?.context.tenantId ? await this.resolveSite(merged) : requestSite;
      if ('status' in site) prepared.push(settled(site));
      else
        prepared.push(
          prepareEvent({ config, identities }, own ? own.event : input, { ...shared, site, context: merged }),
        );
    }
    return prepared;
  }

  private async resolveSite(context: RequestContext) {
    try {
      return await this.sites.resolve(context);
    } catch (error) {
      throw new IngestError('stores_unavailable', RETRY_AFTER_SECONDS, { cause: error });
    }
  }
}

/** The context that server code gave to one event, apart from the event itself. */
function ownContext(input: unknown): { event: unknown; context: RequestContext } | null {
  if (typeof input !== 'object' || input === null || !('context' in input)) return null;
  const { context, ...event } = input;
  return { event, context: (context ?? {}) as RequestContext };
}
