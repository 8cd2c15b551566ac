import type { PrismaClient } from '@tallymark/prisma/client';

const PAYOUTS_ON_THE_PAGE = 50;

/** What a member was paid, newest first. */
export function listPayouts(prisma: Pick<PrismaClient, 'payout'>, recipientId: string) {
  return prisma.payout.findMany({
    where: { recipientId },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: PAYOUTS_ON_THE_PAGE,
  });
}
