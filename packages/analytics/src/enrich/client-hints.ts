import { boundedText } from './bounded-text.ts';
import { browserName, osName } from './client-names.ts';

/** Names of the request headers that are read. */
const HINTS = [
  'sec-ch-ua',
  'sec-ch-ua-full-version-list',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-ch-ua-platform-version',
  'sec-ch-ua-model',
] as const;
const HINT_LENGTH = 1_024;
const VALUE_LENGTH = 100;

/** Values by lower-case header name; what is unknown, too long or no text is left out or cut. */
export type SentHints = ReadonlyMap<string, string>;

/** What a browser says about itself in user-agent client hints; null where it did not say it. */
export interface ClientHints {
  /** As people call it; see `osName`. */
  readonly platform: string | null;
  readonly platformVersion: string | null;
  readonly mobile: boolean | null;
  readonly model: string | null;
  /** The most specific brand. */
  readonly browser: { readonly name: string; readonly version: string } | null;
}

/** The hints among whatever a caller stored, header names in any case. */
export function sentHints(stored: Readonly<Record<string, unknown>> | null): SentHints {
  const sent = new Map<string, string>();
  if (stored === null) return sent;
  const byName = new Map(Object.entries(stored).map(([name, value]) => [name.toLowerCase(), value]));
  for (const name of HINTS) {
    const value = byName.get(name);
    if (typeof value === 'string' && value !== '') sent.set(name, value.slice(0, HINT_LENGTH));
  }
  return sent;
}

/**
 * Reads the headers of the User-Agent Client Hints specification (WICG): texts and lists are structured fields, GREASE
 * brands are made up by browsers so that nobody relies on the list, and Windows 11 is a platform version of 13 or more.
 */
export function readClientHints(sent: SentHints): ClientHints {
  const platform = quoted(sent.get('sec-ch-ua-platform'));
  const known = platform === null || platform === 'Unknown' ? null : osName(platform);
  const version = quoted(sent.get('sec-ch-ua-platform-version'));
  const mobile = sent.get('sec-ch-ua-mobile')?.trim();
  return {
    platform: known,
    platformVersion: known === 'Windows' && version !== null ? windowsVersion(version) : version,
    mobile: mobile === '?1' ? true : mobile === '?0' ? false : null,
    model: quoted(sent.get('sec-ch-ua-model')),
    browser: mostSpecific([
      ...brands(sent.get('sec-ch-ua')),
      // The last to name a brand wins, and this list has the whole versions.
      ...brands(sent.get('sec-ch-ua-full-version-list')),
    ]),
  };
}

function quoted(value: string | undefined): string | null {
  return boundedText(value?.trim().replace(/^"(.*)"$/, '$1'), VALUE_LENGTH);
}

/** By the version of the API contract that Windows reports as its platform version; null for 0, which is before 7. */
function windowsVersion(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major >= 13) return '11';
  if (major >= 1) return '10';
  return ['7', '8', '8.1'][minor - 1] ?? null;
}

type Brand = readonly [name: string, version: string];

/** Members of a list that are whole: a header that was cut in the middle keeps the others. */
function brands(list: string | undefined): Brand[] {
  const members = (list ?? '').matchAll(/"((?:[^"\\]|\\.){1,100})"\s{0,5};\s{0,5}v="([^"\\]{1,100})"/g);
  return [...members].flatMap(([, brand, of]) => {
    const name = boundedText(brand, VALUE_LENGTH);
    const version = boundedText(of, VALUE_LENGTH);
    return name === null || version === null || isGrease(name) ? [] : [[name, version] as const];
  });
}

/** "Not)A;Brand", "Not/A)Brand", " Not A;Brand" and whatever comes next. */
const isGrease = (brand: string) => brand.replace(/[^a-z]/gi, '').toLowerCase() === 'notabrand';

/** Chromium is in every list, Google Chrome in those of some who build on it. Of several others the longest name says most. */
function mostSpecific(list: readonly Brand[]): ClientHints['browser'] {
  const rank = (name: string) => (name === 'Chromium' ? 0 : name === 'Google Chrome' ? 1 : 1 + name.length);
  const [best] = [...new Map(list)].sort(([one], [other]) => rank(other) - rank(one) || (one < other ? -1 : 1));
  return best === undefined ? null : { name: browserName(best[0]), version: best[1] };
}
