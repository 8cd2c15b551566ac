/**
 * What a click id that an advertising or social network puts on the links to a site proves: that a click was paid for,
 * or only that it came from the network, which puts the id on every link. Names in lower case.
 */
export const CLICK_IDS: ReadonlyMap<string, 'paid' | 'social'> = new Map([
  // Google Ads; on Apple devices without consent gbraid (app) and wbraid (web); Display & Video 360.
  ['gclid', 'paid'],
  ['gbraid', 'paid'],
  ['wbraid', 'paid'],
  ['dclid', 'paid'],
  // Microsoft, TikTok, X, Yandex Direct, Snapchat (its own spelling is ScCid), Reddit.
  ['msclkid', 'paid'],
  ['ttclid', 'paid'],
  ['twclid', 'paid'],
  ['yclid', 'paid'],
  ['sccid', 'paid'],
  ['rdt_cid', 'paid'],
  // Meta, Instagram shares, LinkedIn, Pinterest.
  ['fbclid', 'social'],
  ['igshid', 'social'],
  ['igsh', 'social'],
  ['li_fat_id', 'social'],
  ['epik', 'social'],
]);
