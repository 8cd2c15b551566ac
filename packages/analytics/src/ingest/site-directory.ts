import { LIMITS } from '@tallymark/contract/limits';
import { type RejectedReceipt, rejected } from '@tallymark/contract/receipt';
import type { RequestContext } from '@tallymark/contract/request-context';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { findTenantOfSite } from '@tallymark/prisma/stores/sites';
import { z } from 'zod';

/** The tenant and site that a request's events belong to. */
export interface SiteScope {
  readonly tenantId: string;
  readonly siteId: string;
}

interface KnownSite {
  readonly tenantId: string;
  readonly freshUntil: number;
}

const FRESH_MS = 60_000;
const UNKNOWN_FRESH_MS = 5_000;
const MOST_UNKNOWN = 10_000;
const uuid = z.uuid();

/** Tenants by site, from Postgres, kept for a minute. While Postgres is away what was known stays known. */
export class SiteDirectory {
  private readonly known = new Map<string, KnownSite>();
  private readonly unknown = new Map<string, number>();

  constructor(
    private readonly store: SqlExecutor,
    private readonly defaults: SiteScope,
  ) {}

  /** The scope of a request, or the receipt for each of its events. @throws when an unseen site cannot be looked up. */
  async resolve(context: RequestContext): Promise<SiteScope | RejectedReceipt> {
    const siteId = context.siteId ?? this.defaults.siteId;
    const tenantId = context.tenantId ?? (siteId === this.defaults.siteId ? this.defaults.tenantId : null);
    if (siteId === this.defaults.siteId && tenantId === this.defaults.tenantId) return this.defaults;
    if (!uuid.safeParse(siteId).success || (tenantId !== null && !uuid.safeParse(tenantId).success)) {
      return rejected('unknown_site', 'Tenant and site are UUIDs.');
    }
    const owner = await this.ownerOf(siteId.toLowerCase());
    if (owner === null || (tenantId !== null && owner !== tenantId.toLowerCase())) {
      return rejected('unknown_site', `There is no site ${siteId.slice(0, LIMITS.idLength)} for this tenant.`);
    }
    return { tenantId: owner, siteId: siteId.toLowerCase() };
  }

  private async ownerOf(siteId: string): Promise<string | null> {
    const known = this.known.get(siteId);
    if (known) {
      // Known stays known while Postgres is slow or away; what changed is learnt behind the answer.
      if (known.freshUntil <= Date.now()) this.refresh(siteId, known);
      return known.tenantId;
    }
    if ((this.unknown.get(siteId) ?? 0) > Date.now()) return null;
    return this.lookUp(siteId);
  }

  private refresh(siteId: string, known: KnownSite): void {
    this.known.set(siteId, { ...known, freshUntil: Date.now() + FRESH_MS });
    this.lookUp(siteId).catch(() => {});
  }

  private async lookUp(siteId: string): Promise<string | null> {
    const tenantId = await findTenantOfSite(this.store, siteId);
    if (tenantId !== null) {
      this.known.set(siteId, { tenantId, freshUntil: Date.now() + FRESH_MS });
      return tenantId;
    }
    // Anybody can make up site ids: they must not push out the ones there are.
    if (this.unknown.size >= MOST_UNKNOWN) this.unknown.clear();
    this.unknown.set(siteId, Date.now() + UNKNOWN_FRESH_MS);
    this.known.delete(siteId);
    return null;
  }
}
