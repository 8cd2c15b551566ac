import type { HistoryAsset } from './browse.ts';
import type { Random } from './random.ts';
import { EVENTS, type VisitLog } from './visit-log.ts';

/** A program that reads page after page, faster than anybody could. */
export function crawl(random: Random, log: VisitLog, assets: readonly HistoryAsset[]): void {
  log.web((at) => EVENTS.pageViewed({ path: '/', title: 'Tallymark Studio' }, at));
  for (let left = random.int(2, 12); left > 0; left -= 1) {
    const { id, title } = random.pick(assets);
    const path = `/assets/${id}`;
    log.wait(random.int(300, 2_000)).web((at) => EVENTS.pageViewed({ path, title: `${title} · Tallymark Studio` }, at));
  }
}
