import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testBrowser } from '@tallymark/testing/browser';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

export interface ClientBrowser extends AsyncDisposable {
  readonly context: BrowserContext;
  /** Opens a page and waits until the client has started. */
  open(url: string): Promise<Page>;
  /** Kills the process, as the system does that needs the memory. */
  kill(): Promise<void>;
  /** Starts it again on what it left on the disk. */
  start(): Promise<void>;
}

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'];

/** A Chromium with a profile of its own. Where pages are to come back from its cache it has to be asked not to leave that off. */
export async function openBrowser({ backForwardCache = false } = {}): Promise<ClientBrowser> {
  const { command, env } = await testBrowser();
  const profile = await mkdtemp(join(tmpdir(), 'tallymark-client-'));
  let context: BrowserContext | undefined;
  const current = () => {
    if (!context) throw new Error('The browser is not running.');
    return context;
  };
  const start = async () => {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: command,
      env: { ...process.env, ...env },
      args: FLAGS,
      ...(backForwardCache && { ignoreDefaultArgs: ['--disable-back-forward-cache'] }),
    });
  };
  await start();
  return {
    get context() {
      return current();
    },
    open: async (url) => {
      const page = await current().newPage();
      await page.goto(url);
      await page.waitForFunction(() => 'analytics' in window);
      return page;
    },
    kill: async () => {
      const closed = new Promise((resolve) => current().once('close', resolve));
      process.kill(await browserOf(profile), 'SIGKILL');
      await closed;
    },
    start,
    [Symbol.asyncDispose]: async () => {
      await context?.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** The process that the other processes of a profile belong to. */
async function browserOf(profile: string): Promise<number> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(`--user-data-dir=${profile}`) && !command.includes('--type=')) return Number(entry);
  }
  throw new Error(`No browser works on ${profile}.`);
}
