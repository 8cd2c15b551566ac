import { hash } from 'node:crypto';
import { type AgentFacts, type DeviceType, readAgent } from './agent-facts.ts';
import { isBotClient } from './bots.ts';
import { type ClientHints, readClientHints, type SentHints, sentHints } from './client-hints.ts';

/**
 * Device, system and browser of a client, as it says itself. Versions as they were reported: a browser that freezes its
 * agent says macOS 10.15.7 and Windows 10 for all that came after, unless it sends client hints. Texts have at most 100
 * characters.
 */
export interface ClientTraits extends AgentFacts {
  /** Bots keep the device they claim to be. */
  readonly isBot: boolean;
}

const CACHE_SIZE = 10_000;
const AGENT_LENGTH = 1_024;

const NOTHING: AgentFacts = {
  deviceType: null,
  deviceBrand: null,
  deviceModel: null,
  os: null,
  osVersion: null,
  browser: null,
  browserVersion: null,
};

/** Reads user agents and client hints, each combination once as long as it is remembered. */
export class ClientTraitsReader {
  /** Least recently used first. Keys are hashes: 10,000 agents of full length would be 25 MB of them. */
  private readonly cache = new Map<string, ClientTraits>();
  private parses = 0;

  constructor(private readonly cacheSize: number = CACHE_SIZE) {}

  /** How often an agent had to be parsed. */
  get parsed(): number {
    return this.parses;
  }

  /** How many combinations are remembered; never more than the size of the cache. */
  get remembered(): number {
    return this.cache.size;
  }

  /**
   * `clientHints` by header name. Never throws, whatever the client sent. A desktop browser is a `desktop`, although
   * agents do not say so. Where client hints were sent, they win over the agent.
   */
  read(userAgent: string | null, clientHints: Readonly<Record<string, unknown>> | null): ClientTraits {
    const agent = (userAgent ?? '').slice(0, AGENT_LENGTH).trim();
    const sent = sentHints(clientHints);
    const key = hash('sha256', JSON.stringify([agent, [...sent]]), 'base64');
    const known = this.cache.get(key);
    if (known !== undefined) {
      this.cache.delete(key);
      this.cache.set(key, known);
      return known;
    }
    this.parses += 1;
    const traits = Object.freeze(traitsOf(agent, sent));
    this.cache.set(key, traits);
    if (this.cache.size > this.cacheSize) this.forgetOldest();
    return traits;
  }

  private forgetOldest(): void {
    const [oldest] = this.cache.keys();
    if (oldest !== undefined) this.cache.delete(oldest);
  }
}

function traitsOf(agent: string, sent: SentHints): ClientTraits {
  const said = agent === '' ? NOTHING : readAgent(agent);
  const facts = sent.size === 0 ? said : withHints(said, readClientHints(sent));
  return { ...facts, isBot: isBotClient(agent, facts.browser) };
}

function withHints(said: AgentFacts, hints: ClientHints): AgentFacts {
  return { ...deviceWithHints(said, hints), ...osWithHints(said, hints), ...browserWithHints(said, hints) };
}

function osWithHints(said: AgentFacts, { platform, platformVersion }: ClientHints) {
  const os = platform ?? said.os;
  return { os, osVersion: platformVersion ?? (os === said.os ? said.osVersion : null) };
}

/** What the agent names by itself although its engine is Chrome's: in the hints, many of those say Chrome only. */
const FROZEN = /^(Chrome|Chromium|Chrome WebView|Android Browser)$/;

function browserWithHints(said: AgentFacts, { browser }: ClientHints): Pick<AgentFacts, 'browser' | 'browserVersion'> {
  const { browser: name, browserVersion: version } = said;
  const own = { browser: name, browserVersion: version };
  if (browser === null) return own;
  if (name !== null && !FROZEN.test(name) && FROZEN.test(browser.name)) return own;
  // Without the list of full versions the hints hold the first number only.
  if (name === browser.name && version?.startsWith(`${browser.version}.`)) return own;
  return { browser: browser.name, browserVersion: browser.version };
}

function deviceWithHints(said: AgentFacts, hints: ClientHints) {
  const deviceType = typeWithHints(said.deviceType, hints);
  if (hints.model !== null) {
    return { deviceType, deviceBrand: brandOfModel(hints.model), deviceModel: hints.model };
  }
  // A Mac by its agent that says it is none is something we know nothing of.
  const another = hints.platform !== null && said.os !== null && hints.platform !== said.os;
  const { deviceBrand, deviceModel } = another ? NOTHING : said;
  return { deviceType, deviceBrand, deviceModel };
}

const SCREENS: ReadonlySet<DeviceType | null> = new Set([null, 'desktop', 'mobile', 'tablet']);

/** Hints know no more than "mobile": a television stays one. */
function typeWithHints(said: DeviceType | null, { mobile, platform }: ClientHints): DeviceType | null {
  if (!SCREENS.has(said) || mobile === null) return said;
  if (mobile) return 'mobile';
  if (platform === 'Android') return 'tablet';
  return platform === null && said !== 'mobile' ? said : 'desktop';
}

/** By the parser's table of models, asked with an agent as Android browsers wrote it before they left the model out. */
function brandOfModel(model: string): string | null {
  const plain = model.replace(/[^\w .+-]/g, '');
  return readAgent(`Mozilla/5.0 (Linux; Android 14; ${plain}) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36`)
    .deviceBrand;
}
