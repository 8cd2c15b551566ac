import type { AutocaptureOptions } from '../types.ts';
import type { TrackAny } from './track-any.ts';

const FILE =
  /\.(pdf|docx?|xlsx?|pptx?|csv|txt|rtf|zip|rar|7z|gz|tar|dmg|exe|pkg|msi|mp[34]|m4a|wav|mov|avi|mkv|psd|ai|eps|epub)$/i;
const LONGEST_URL = 2_000;
const ATTRIBUTE = 'track';

/** Clicks on links that lead elsewhere or to a file, and on elements with `data-track-event`. */
export function watchClicks(track: TrackAny, wanted: AutocaptureOptions): void {
  const clicked = ({ target, type, button }: MouseEvent) => {
    if (!(target instanceof Element) || (type === 'auxclick' && button !== 1)) return;
    const named = wanted.dataAttributes ? target.closest<HTMLElement>('[data-track-event]') : null;
    if (named) trackNamed(track, named);
    const link = target.closest<HTMLAnchorElement>('a[href]');
    if (!link || !/^https?:$/.test(link.protocol)) return;
    const url = (link.origin + link.pathname).slice(0, LONGEST_URL);
    const extension = FILE.exec(link.pathname)?.[1]?.toLowerCase();
    if (wanted.downloads && (extension || link.hasAttribute('download'))) {
      track('file_downloaded', { url, ...(extension && { extension }) });
    } else if (wanted.outboundLinks && link.host !== location.host) {
      track('outbound_link_clicked', { url });
    }
  };
  addEventListener('click', clicked, true);
  addEventListener('auxclick', clicked, true);
}

/**
 * `<button data-track-event="cta_clicked" data-track-cta-id="buy" data-track-entity-id="…">`: the type, then its props in
 * kebab case. What reads as a number, true or false is one.
 */
function trackNamed(track: TrackAny, { dataset }: HTMLElement): void {
  const { trackEvent, trackEntityId, ...rest } = dataset;
  if (!trackEvent) return;
  const props: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(rest)) {
    const prop = name.startsWith(ATTRIBUTE) ? name.slice(ATTRIBUTE.length) : '';
    if (prop) props[prop.charAt(0).toLowerCase() + prop.slice(1)] = readValue(text ?? '');
  }
  track(trackEvent, props, trackEntityId);
}

function readValue(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : text;
}
