import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const DEBIAN_CHROMIUM = '/usr/bin/chromium';

/**
 * Starts a headless Chromium: that of CHROMIUM_PATH, else Debian's.
 *
 * @throws Error that says how to get one.
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH || DEBIAN_CHROMIUM;
  if (!existsSync(executablePath)) {
    throw new Error(
      `No browser at ${executablePath}. Install one (Debian: apt-get install chromium) or name it in CHROMIUM_PATH.`,
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      // Chromium's sandbox does not run as root, and the pages are our own.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
