import { testBrowser } from '@tallymark/testing/browser';
import { type Browser, chromium } from 'playwright-core';

/**
 * Starts a headless Chromium or Chrome.
 *
 * @throws Error that says how to get one.
 */
export async function launchBrowser(): Promise<Browser> {
  const { command, env } = await testBrowser();
  return chromium.launch({
    executablePath: command,
    // Of the browser only: an unpacked one brings libraries that nothing else should load.
    env: { ...process.env, ...env },
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
