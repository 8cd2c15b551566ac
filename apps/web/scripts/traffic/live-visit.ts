import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../history/random.ts';
import { EVENTS } from '../history/visit-log.ts';
import type { HttpVisitor } from './http-visitor.ts';

/** What a visitor did, for the progress line. */
export interface LiveOutcome {
  readonly pages: number;
  readonly bought: boolean;
}

const SEARCHES = ['harbour', 'lantern', 'font', 'grasses', 'market'];
const LICENSEES = ['Saltwater Coffee', 'Pendulum Games', 'Slow Radio', 'Kiosk Brewing'];
const STAY = { another: 0.6, preview: 0.3, license: 0.25, sign: 0.6, search: 0.3 };

/** One visit to the running product: the same pages, clicks and forms as in a browser, at `pace` times its leisure. */
export async function visitLive(random: Random, browser: HttpVisitor, pace: number, signal: AbortSignal) {
  let pages = 0;
  const rest = (ms: number) => pause(ms * pace, undefined, { signal });
  const page = async (path: string) => {
    const html = await browser.open(path);
    pages += 1;
    const title = /<title>([^<]*)/.exec(html)?.[1];
    await browser.track([EVENTS.pageViewed({ path, ...(title && { title }) }, {})]);
    return html;
  };
  const outcome = (bought: boolean): LiveOutcome => ({ pages, bought });

  let html = await page('/');
  await rest(random.int(2_000, 8_000));
  if (random.chance(STAY.search)) {
    const query = random.pick(SEARCHES);
    html = await browser.open(`/?q=${query}`);
    await browser.track([EVENTS.searched({ query, resultCount: assetPaths(html).length }, {})]);
    await rest(random.int(2_000, 8_000));
  }
  let works = assetPaths(html);
  if (works.length === 0) works = assetPaths(await browser.open('/'));
  for (;;) {
    const path = random.pick(works, 1.8);
    const id = path.slice('/assets/'.length);
    const work = await page(path);
    await rest(1_200);
    await browser.track([EVENTS.assetViewed(id, {}, {})]);
    await rest(random.int(2_000, 12_000));
    if (random.chance(STAY.preview)) await browser.open(`${path}/download`);
    if (work.includes(`${path}/license`) && random.chance(STAY.license)) {
      return outcome(await license(id, work));
    }
    if (!random.chance(STAY.another)) return outcome(false);
  }

  async function license(id: string, work: string): Promise<boolean> {
    const path = `/assets/${id}/license`;
    await browser.track([EVENTS.cartItemAdded(id, { quantity: 1, price_cents: priceOf(work), currency: 'USD' }, {})]);
    const form = await page(path);
    await rest(random.int(5_000, 15_000));
    if (!random.chance(STAY.sign)) return false;
    await browser.track([EVENTS.formSubmitted({ formId: 'license-purchase', fieldCount: 4 }, {})]);
    const answers = { licensee: random.pick(LICENSEES), terms: 'web', territory: 'europe', agreed: 'on' };
    const receipt = await browser.post(path, form, 'license-purchase', answers);
    await page(receipt);
    return true;
  }
}

/** Each work that a page links to, once. */
function assetPaths(html: string): string[] {
  return [...new Set([...html.matchAll(/href="(\/assets\/[0-9a-f-]{36})"/g)].map(([, path]) => path ?? ''))];
}

/** What the link to the license says. */
const priceOf = (html: string) => Number(/data-track-price_cents="(\d+)"/.exec(html)?.[1] ?? 0);
