import { IngestError } from '@tallymark/contract/errors';
import { NamedError } from '@tallymark/contract/named-error';
import type { RequestContext } from '@tallymark/contract/request-context';
import { siteKeyText } from '@tallymark/contract/site-keys';
import { allowsOrigin } from '@tallymark/contract/site-keys-origin';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { findKeyAccess, type KeyAccess, noteKeySeen } from '@tallymark/prisma/stores/site-keys-access';
import type { Logger } from 'pino';
import { before } from '../ingest/deadline.ts';

/** A request whose key or origin is not let in. Nothing of it was read. */
export class SiteRefused extends NamedError {
  static override readonly errorName = 'SiteRefused';
  readonly status = 403;
}

export interface SiteAccessDeps {
  readonly store: SqlExecutor;
  readonly log: Logger;
  readonly now: () => Date;
}

interface KnownKey {
  readonly access: KeyAccess;
  readonly freshUntil: number;
  /** When it was last noted that somebody sent with it. */
  notedAt: number;
}

/** How long a change of a key may go unnoticed. */
const FRESH_MS = 60_000;
const UNKNOWN_FRESH_MS = 5_000;
const MOST_UNKNOWN = 10_000;
const NOTE_MS = 60_000;
/** So long a request waits to hear whether a key that was known still is. */
const PATIENCE_MS = 1_000;
const RETRY_AFTER_SECONDS = 2;

/**
 * Keeps out pages of other sites, which a key alone lets in: the list of its origins would be worth nothing to who leaves
 * the key away. @throws SiteRefused
 */
export function refuseOtherSites({ fetchSite, siteKey }: RequestContext): void {
  if (fetchSite !== 'cross-site' || siteKey) return;
  throw new SiteRefused('Pages of other sites send with the key of a site. It is in the settings of the dashboard.');
}

/** The request as one of its key's site; where nobody knows keys, as one without. */
export async function admitted(
  siteAccess: Pick<SiteAccess, 'admit'> | undefined,
  context: RequestContext,
): Promise<RequestContext> {
  return siteAccess ? siteAccess.admit(context) : { ...context, siteKey: null };
}

/** Keys of sites, from Postgres, kept for a minute. While Postgres is away what was known stays known. */
export class SiteAccess {
  private readonly known = new Map<string, KnownKey>();
  private readonly unknown = new Map<string, number>();
  private readonly asking = new Map<string, Promise<KeyAccess | null>>();

  constructor(private readonly deps: SiteAccessDeps) {}

  /**
   * The request as one of its key's site; without a key as it is. @throws SiteRefused where key or origin are not let in.
   * @throws IngestError while Postgres is away and nobody has heard of the key.
   */
  async admit(context: RequestContext): Promise<RequestContext> {
    const { siteKey: key, origin } = context;
    if (key === null || key === undefined) return context;
    const access = siteKeyText.safeParse(key).success ? await this.accessOf(key) : null;
    if (access === null) {
      throw new SiteRefused('No site has this key. Copy one from the settings of the dashboard, under Sites and keys.');
    }
    if (access.revoked) {
      throw new SiteRefused('The key is revoked. Create another in the settings of the dashboard, and send with that.');
    }
    // Whoever is no browser sends no origin, or whatever it likes; this keeps out the pages of others alone.
    if (origin && !allowsOrigin(access.origins, origin)) {
      throw new SiteRefused(
        `Pages of ${origin} may not send with this key. Add the origin to the key in the settings of the dashboard.`,
      );
    }
    this.note(key);
    return { ...context, siteId: access.siteId, tenantId: access.tenantId };
  }

  private async accessOf(key: string): Promise<KeyAccess | null> {
    const now = this.deps.now().getTime();
    const known = this.known.get(key);
    if (!known) return (this.unknown.get(key) ?? 0) > now ? null : this.lookUpNew(key);
    if (known.freshUntil > now) return known.access;
    try {
      return await before(performance.now() + PATIENCE_MS, this.lookUp(key));
    } catch {
      // Known stays known; until the next minute nobody waits for a Postgres that is away.
      this.known.set(key, { ...known, freshUntil: now + FRESH_MS });
      return known.access;
    }
  }

  private async lookUpNew(key: string): Promise<KeyAccess | null> {
    try {
      return await this.lookUp(key);
    } catch (error) {
      throw new IngestError('stores_unavailable', RETRY_AFTER_SECONDS, { cause: error });
    }
  }

  /** Requests that ask at the same time share an answer. */
  private lookUp(key: string): Promise<KeyAccess | null> {
    const asked = this.asking.get(key);
    if (asked) return asked;
    const asking = this.read(key).finally(() => this.asking.delete(key));
    this.asking.set(key, asking);
    return asking;
  }

  private async read(key: string): Promise<KeyAccess | null> {
    const access = await findKeyAccess(this.deps.store, key);
    const now = this.deps.now().getTime();
    if (access !== null) {
      const notedAt = this.known.get(key)?.notedAt ?? Number.NEGATIVE_INFINITY;
      this.known.set(key, { access, freshUntil: now + FRESH_MS, notedAt });
      this.unknown.delete(key);
      return access;
    }
    // Anybody can make up keys: they must not push out the ones there are.
    if (this.unknown.size >= MOST_UNKNOWN) this.unknown.clear();
    this.unknown.set(key, now + UNKNOWN_FRESH_MS);
    this.known.delete(key);
    return null;
  }

  /** Behind the answer, and never in its way. */
  private note(key: string): void {
    const known = this.known.get(key);
    const at = this.deps.now();
    if (!known || at.getTime() - known.notedAt < NOTE_MS) return;
    known.notedAt = at.getTime();
    noteKeySeen(this.deps.store, key, at).catch((error: unknown) => {
      this.deps.log.warn({ err: error }, 'it could not be noted that a site key is in use');
    });
  }
}
