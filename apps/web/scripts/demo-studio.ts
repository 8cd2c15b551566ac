import { createHash } from 'node:crypto';
import type { PrismaClient } from '@tallymark/prisma/client';
import { ASSETS, LICENSES, PAYOUTS, PROJECTS } from './demo-catalogue.ts';

/** The studio opened its doors on this day; everything in it happened some days later. */
const OPENING_DAY = Date.UTC(2026, 5, 1, 9);
const DAY_MS = 86_400_000;

interface Options {
  /** Ids of the users the work is shared out between. */
  readonly owners: readonly [string, string];
  readonly report: (line: string) => void;
}

/** Projects, assets, licences and payouts, each under an id made from its name: a second run finds them all. */
export async function ensureStudio(prisma: PrismaClient, { owners, report }: Options): Promise<void> {
  const ownerOf = (index: number) => owners[index % 2 === 0 ? 0 : 1];
  const projects = PROJECTS.map(({ name, day, completedOn }, index) => ({
    id: idOf('project', name),
    name,
    ownerId: ownerOf(index),
    createdAt: onDay(day),
    completedAt: completedOn === null ? null : onDay(completedOn),
  }));
  const assets = ASSETS.map(({ project, day, ...asset }, index) => ({
    ...asset,
    id: idOf('asset', asset.title),
    ownerId: ownerOf(index),
    projectId: project === null ? null : idOf('project', project),
    createdAt: onDay(day),
  }));
  const licenses = LICENSES.map(({ asset, from, days, signed, ...license }) => ({
    ...license,
    id: idOf('license', `${asset}/${license.licensee}`),
    assetId: idOf('asset', asset),
    startsAt: onDay(from),
    endsAt: days === null ? null : onDay(from + days),
    signedAt: signed ? onDay(from - 2) : null,
    createdAt: onDay(from - 5),
  }));
  const payouts = PAYOUTS.map(({ day, ...payout }, index) => ({
    ...payout,
    id: idOf('payout', String(day)),
    recipientId: ownerOf(index),
    createdAt: onDay(day),
  }));

  const made = {
    projects: await prisma.project.createMany({ data: projects, skipDuplicates: true }),
    assets: await prisma.ipAsset.createMany({ data: assets, skipDuplicates: true }),
    licences: await prisma.license.createMany({ data: licenses, skipDuplicates: true }),
    payouts: await prisma.payout.createMany({ data: payouts, skipDuplicates: true }),
  };
  for (const [what, { count }] of Object.entries(made)) if (count > 0) report(`${what}: ${count} added`);
}

const onDay = (day: number) => new Date(OPENING_DAY + day * DAY_MS);

/** A UUID (version 8, made by hash) that the same name always gets. */
function idOf(kind: string, name: string): string {
  const hash = createHash('sha256').update(`tallymark demo/${kind}/${name}`).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
