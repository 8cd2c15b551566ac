import type { Random } from './random.ts';

/** Somebody at a browser. */
export interface Person {
  readonly visitorId: string;
  readonly userAgent: string;
  readonly language: string;
  readonly timeZone: string;
  readonly viewport: string;
}

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)';
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

const DEVICES: readonly (readonly [{ readonly userAgent: string; readonly viewport: string }, number])[] = [
  [{ userAgent: `${WINDOWS} ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`, viewport: '1536x730' }, 26],
  [{ userAgent: `${WINDOWS} ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`, viewport: '1920x945' }, 9],
  [{ userAgent: `${MAC} ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`, viewport: '1440x790' }, 14],
  [
    {
      userAgent: `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
      viewport: '1512x860',
    },
    10,
  ],
  [
    {
      userAgent: `${IPHONE} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1`,
      viewport: '390x664',
    },
    21,
  ],
  [
    {
      userAgent: `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/141.0.0.0 Mobile Safari/537.36`,
      viewport: '412x732',
    },
    15,
  ],
  [
    {
      userAgent:
        'Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1',
      viewport: '820x1106',
    },
    3,
  ],
  [{ userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', viewport: '1600x800' }, 4],
];

const PLACES: readonly (readonly [{ readonly language: string; readonly timeZone: string }, number])[] = [
  [{ language: 'de-DE', timeZone: 'Europe/Berlin' }, 30],
  [{ language: 'en-GB', timeZone: 'Europe/London' }, 18],
  [{ language: 'en-US', timeZone: 'America/New_York' }, 16],
  [{ language: 'en-US', timeZone: 'America/Los_Angeles' }, 7],
  [{ language: 'fr-FR', timeZone: 'Europe/Paris' }, 9],
  [{ language: 'nl-NL', timeZone: 'Europe/Amsterdam' }, 6],
  [{ language: 'de-AT', timeZone: 'Europe/Vienna' }, 4],
  [{ language: 'es-ES', timeZone: 'Europe/Madrid' }, 4],
  [{ language: 'pt-BR', timeZone: 'America/Sao_Paulo' }, 3],
  [{ language: 'ja-JP', timeZone: 'Asia/Tokyo' }, 3],
];

const BOTS = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
];

export function newPerson(random: Random): Person {
  return { visitorId: random.uuid(), ...random.weighted(DEVICES), ...random.weighted(PLACES) };
}

export function newBot(random: Random): Person {
  return {
    visitorId: random.uuid(),
    userAgent: random.pick(BOTS, 1.5),
    language: 'en',
    timeZone: 'UTC',
    viewport: '1024x1024',
  };
}
