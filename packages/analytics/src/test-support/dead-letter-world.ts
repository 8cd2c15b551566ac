import { randomUUID } from 'node:crypto';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { insertDeadLetter } from '@tallymark/prisma/stores/dead-letters';
import { uuidV7 } from '@tallymark/prisma/uuid-v7';
import { DeadLetterService } from '../deadletters/service.ts';
import { PartitionKeeper } from '../ingest/partition-keeper.ts';
import { type IngestionWorld, LOG, NOW, viewed } from './ingestion-world.ts';

/** Postgres refuses an event whose referrer this is. */
export const POISON = { referrer: 'poison' };

export const refusePoison = ({ prisma }: IngestionWorld) =>
  prisma.$executeRawUnsafe(
    `ALTER TABLE events ADD CONSTRAINT no_poison CHECK (props_json->>'referrer' IS DISTINCT FROM 'poison')`,
  );

export const poison = () => viewed({ props: POISON });

export function deadLettersOf({ prisma, clock }: Pick<IngestionWorld, 'prisma' | 'clock'>): DeadLetterService {
  const partitions = new PartitionKeeper(prisma);
  return new DeadLetterService({ prisma, plan: demoPlan, log: LOG, now: () => clock.now, partitions });
}

/** A letter as a flush of any version may have left it. */
export async function insertLetter(
  { prisma }: Pick<IngestionWorld, 'prisma'>,
  letter: { payload: string | Uint8Array<ArrayBuffer>; eventType?: string; reason?: 'refused' | 'conflict' },
): Promise<string> {
  const { payload, eventType = 'asset_viewed', reason = 'refused' } = letter;
  const id = uuidV7(NOW.getTime());
  await insertDeadLetter(prisma, {
    id,
    eventId: randomUUID(),
    tenantId: '00000000-0000-7000-8000-000000000001',
    eventType,
    reason,
    sqlState: null,
    message: 'as made by a test',
    payload: typeof payload === 'string' ? new TextEncoder().encode(payload) : payload,
  });
  return id;
}
