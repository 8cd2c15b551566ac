import UAParser from 'ua-parser-js';
import { boundedText } from './bounded-text.ts';
import { browserName, osName } from './client-names.ts';

/** What a user agent alone says; names as people say them, null where it does not say. */
export interface AgentFacts {
  readonly deviceType: DeviceType | null;
  readonly deviceBrand: string | null;
  readonly deviceModel: string | null;
  readonly os: string | null;
  readonly osVersion: string | null;
  readonly browser: string | null;
  readonly browserVersion: string | null;
}

export type DeviceType = 'desktop' | 'mobile' | 'tablet' | 'tv' | 'console' | 'wearable' | 'xr' | 'embedded';

const NAME_LENGTH = 100;

const DEVICE_TYPES: ReadonlyMap<string | undefined, DeviceType> = new Map([
  ['mobile', 'mobile'],
  ['tablet', 'tablet'],
  ['smarttv', 'tv'],
  ['console', 'console'],
  ['wearable', 'wearable'],
  ['embedded', 'embedded'],
]);

const DESKTOP = /^(Windows|macOS|Linux|Chrome OS|\w*BSD|Solaris|Haiku|Fuchsia|SerenityOS|OS\/2|AIX|HP-UX|UNIX)$/i;
const HANDHELD = /^(Android|iOS|Windows (Phone|Mobile).*|KaiOS|BlackBerry|Symbian|Series40|Bada|Firefox OS)$/i;

/** Engines that the parser falls back on. */
const NO_BROWSER = new Set(['WebKit', 'KHTML', 'Mozilla']);

/** Stands in for the parser's pattern for Naver's app; see `tamed`. */
const EXTENSIONS = { browser: [[/\b(naver)\[(?:[^;\]]{0,40}; ?){0,4}([\d.]{1,20})/i], ['name', 'version']] };

/**
 * An agent on which no pattern of the parser takes long. Two of them go back over what they have read so often that 500
 * characters keep a core busy for half a second: the one for Naver's app never sees its "naver(", the one for Archos'
 * tablets no more than a name takes.
 */
const tamed = (agent: string) => agent.replace(/naver\(/gi, 'naver[').replace(/(archos[\w ]{0,40})[\w ]*/gi, '$1');

/** Parses a user agent, of which ua-parser-js looks at the first 500 characters. Never throws. */
export function readAgent(agent: string): AgentFacts {
  const parser = new UAParser(tamed(agent), EXTENSIONS);
  const os = readOs(parser.getOS(), agent);
  const device = parser.getDevice();
  const model = boundedText(device.model, NAME_LENGTH);
  return {
    deviceType: deviceTypeOf(device.type, { os: os.os, model, agent }),
    deviceBrand: brandOf(device.vendor),
    // What Chrome on Android says of every device since it keeps the model to itself.
    deviceModel: model === 'K' ? null : model,
    ...os,
    ...readBrowser(parser.getBrowser(), os.os),
  };
}

function readOs({ name, version }: UAParser.IOS, agent: string): Pick<AgentFacts, 'os' | 'osVersion'> {
  const os = boundedText(name === undefined ? null : osName(name), NAME_LENGTH);
  // Apple's network library is on Macs as well as on phones, and the parser takes some feature phones for iPhones.
  if (os === 'iOS' && !/iphone|ipad|ipod|\bios\b|fbsv/i.test(agent)) {
    return { os: /cfnetwork/i.test(agent) && /x86_64|mac/i.test(agent) ? 'macOS' : null, osVersion: null };
  }
  // "Linux i686" and the releases of distributions are no versions of it.
  return { os, osVersion: os === 'Linux' ? null : boundedText(version, NAME_LENGTH) };
}

function readBrowser(
  { name, version }: UAParser.IBrowser,
  os: string | null,
): Pick<AgentFacts, 'browser' | 'browserVersion'> {
  if (name === undefined || NO_BROWSER.has(name)) {
    return { browser: name === 'WebKit' && os === 'iOS' ? 'Safari WebView' : null, browserVersion: null };
  }
  return { browser: boundedText(browserName(name), NAME_LENGTH), browserVersion: boundedText(version, NAME_LENGTH) };
}

function brandOf(vendor: string | undefined): string | null {
  if (vendor === 'Generic') return null;
  return boundedText(vendor === 'Facebook' ? 'Meta' : vendor, NAME_LENGTH);
}

interface DeviceFacts {
  readonly os: string | null;
  readonly model: string | null;
  readonly agent: string;
}

function deviceTypeOf(type: string | undefined, { os, model, agent }: DeviceFacts): DeviceType | null {
  if (/web0s|smart-?tv/i.test(agent)) return 'tv';
  const known = DEVICE_TYPES.get(type);
  if (known === 'wearable' && /^(quest|glass|4$|neo3)/i.test(model ?? '')) return 'xr';
  if (known !== undefined) return known;
  if (HANDHELD.test(os ?? '') || /opera mini|\bmidp\b/i.test(agent)) return 'mobile';
  // Tools and libraries name the system they run on too; a browser on it begins as browsers do.
  return DESKTOP.test(os ?? '') && /^(mozilla|opera)\//i.test(agent) ? 'desktop' : null;
}
