import type { SamplingRule } from '@tallymark/contract/stats';
import type { SqlExecutor } from '@tallymark/prisma/sql-executor';
import { listThrottling, saveThrottling } from '@tallymark/prisma/stores/throttling';
import type { Logger } from 'pino';

/** How old an instance's copy of the rules may get: the time a change takes to reach every instance. */
export const SAMPLING_REFRESH_MS = 1_000;

/** Sampling rules set at run time. Postgres holds them; each instance reads them anew as events come in. */
export class RuntimeSampling {
  private rules: ReadonlyMap<string, SamplingRule> = new Map();
  private readAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | null = null;

  constructor(private readonly deps: { store: SqlExecutor; log: Logger }) {}

  /** The rules by event type, at most SAMPLING_REFRESH_MS old while Postgres answers; the last known ones else. */
  async current(): Promise<ReadonlyMap<string, SamplingRule>> {
    const first = this.readAt === Number.NEGATIVE_INFINITY;
    if (performance.now() - this.readAt >= SAMPLING_REFRESH_MS) {
      this.reading ??= this.read().finally(() => {
        this.reading = null;
      });
      if (first) await this.reading;
    }
    return this.rules;
  }

  async update(eventType: string, rule: SamplingRule): Promise<void> {
    await saveThrottling(this.deps.store, { eventType, ...rule });
    await this.read();
  }

  private async read(): Promise<void> {
    this.readAt = performance.now();
    try {
      const rows = await listThrottling(this.deps.store);
      this.rules = new Map(rows.map(({ eventType, ...rule }) => [eventType, rule]));
    } catch (error) {
      this.deps.log.warn({ err: error }, 'sampling rules could not be read; the last known ones stay in force');
    }
  }
}
