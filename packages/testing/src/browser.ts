import { join } from 'node:path';
import { type Chromium, findChromium } from '@tallymark/local/chromium';
import { projectRoot } from '@tallymark/local/project-root';

/** The browser that `npm test` found; a test that is run by itself looks for one, and may have to wait for a download. */
export async function testBrowser(): Promise<Chromium> {
  return findChromium(join(projectRoot, '.tallymark', 'cache', 'chromium'));
}
