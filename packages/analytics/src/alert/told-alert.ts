import type { Alert } from '@tallymark/contract/alerts';
import type { AlertRow } from '@tallymark/prisma/stores/alert-rows';

const textOf = (time: Date | null) => time?.toISOString() ?? null;

/** A rule as it is told: without its secret. */
export function toldAlert(row: AlertRow): Alert {
  const { webhookSecret: _secret, revision: _revision, notifiedAt: _notified, since, evaluatedAt, ...told } = row;
  return { ...told, since: textOf(since), evaluatedAt: textOf(evaluatedAt) };
}
