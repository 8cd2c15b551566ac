import { type Browser, chromium } from 'playwright-core';

interface Program {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a Chromium or Chrome without a window. */
export async function launchBrowser({ command, env }: Program): Promise<Browser> {
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
