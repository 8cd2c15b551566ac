import { demoPlan } from '@tallymark/contract/demo-plan';
import type { Metadata } from 'next';
import { forbidden, redirect } from 'next/navigation';
import '../../styles/admin.css';
import '../../styles/ledger.css';
import { currentUser } from '../../auth/current-user.ts';
import { server } from '../../server.ts';
import { IngestMonitor } from './ingest-monitor.tsx';
import type { Reading } from './use-ingest-stats.ts';

export const metadata: Metadata = { title: 'Ingest' };

export default async function AdminPage() {
  const user = await currentUser();
  if (!user) redirect('/login?next=/admin');
  if (user.role !== 'admin') forbidden();
  return <IngestMonitor first={await firstReading()} sampling={samplingByPlan()} />;
}

/** Numbers for the first paint; null where a store is away. The page keeps asking either way. */
async function firstReading(): Promise<Reading | null> {
  const { eventIngestion, log } = server();
  try {
    return { stats: await eventIngestion.getStats(), at: Date.now() };
  } catch (error) {
    log.warn({ err: error }, 'the ingest stats could not be read');
    return null;
  }
}

/** The event types of which the plan keeps a part, or only sums. */
function samplingByPlan() {
  return Object.entries(demoPlan.types).flatMap(([eventType, type]) => {
    const rate = 'samplingRate' in type ? type.samplingRate : 100;
    const aggregated = 'aggregate' in type && type.aggregate;
    return rate < 100 || aggregated ? [{ eventType, rate, aggregated }] : [];
  });
}
