import { randomBytes } from 'node:crypto';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import { MOST_KEYS } from '@tallymark/contract/site-keys';
import { z } from 'zod';
import { createPrisma } from './client.ts';
import { insertSiteKey } from './stores/site-keys.ts';
import { findTenantOfSite } from './stores/sites.ts';

const KEY_BYTES = 17;
const KEY_CHARACTERS = 22;

/** Public, and hard to guess all the same: who has none cannot try their way in. */
export const randomSiteKey = () => `tm_${randomBytes(KEY_BYTES).toString('base64url').slice(0, KEY_CHARACTERS)}`;

/** Makes a key from the command line. @throws Error for a site that is not there, or has as many keys as it may. */
export async function makeSiteKey(databaseUrl: string, site: string = DEFAULT_SITE_ID): Promise<string> {
  const { success, data: siteId } = z.guid().safeParse(site);
  if (!success) throw new Error(`"${site}" is not the id of a site; the dashboard shows them under Settings.`);
  const prisma = createPrisma({ databaseUrl, maxConnections: 1, applicationName: 'tallymark-key' });
  try {
    if ((await findTenantOfSite(prisma, siteId)) === null) throw new Error(`There is no site ${siteId}.`);
    const wanted = { key: randomSiteKey(), siteId, name: 'Command line', origins: [], at: new Date() };
    const added = await insertSiteKey(prisma, wanted, MOST_KEYS);
    if (!added) throw new Error(`The site has ${MOST_KEYS} keys, as many as there may be. Revoke one first.`);
    return added.key;
  } finally {
    await prisma.$disconnect();
  }
}
