import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClientTraitsReader } from './client-traits.ts';

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X)';
const BLINK = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0';
const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

const CHROME_ON_MAC = `${MAC} ${BLINK} Safari/537.36`;
const CHROME_ON_WINDOWS = `${WINDOWS} ${BLINK} Safari/537.36`;
const CHROME_ON_ANDROID = `Mozilla/5.0 (Linux; Android 10; K) ${BLINK} Mobile Safari/537.36`;

type Row = [agent: string, type: string | null, device: string, system: string, browser: string];

/** Device is brand and model, system and browser are name and version; "-" where there is none. */
const AGENTS: Row[] = [
  [CHROME_ON_MAC, 'desktop', 'Apple Macintosh', 'macOS 10.15.7', 'Chrome 130.0.0.0'],
  [`${MAC} ${WEBKIT} Version/17.6 Safari/605.1.15`, 'desktop', 'Apple Macintosh', 'macOS 10.15.7', 'Safari 17.6'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0',
    'desktop',
    'Apple Macintosh',
    'macOS 10.15',
    'Firefox 132.0',
  ],
  [
    `${MAC} ${BLINK} Safari/537.36 Edg/130.0.2849.68`,
    'desktop',
    'Apple Macintosh',
    'macOS 10.15.7',
    'Edge 130.0.2849.68',
  ],
  [CHROME_ON_WINDOWS, 'desktop', '- -', 'Windows 10', 'Chrome 130.0.0.0'],
  [`${WINDOWS} ${BLINK} Safari/537.36 Edg/130.0.0.0`, 'desktop', '- -', 'Windows 10', 'Edge 130.0.0.0'],
  [`${WINDOWS} ${BLINK} Safari/537.36 OPR/115.0.0.0`, 'desktop', '- -', 'Windows 10', 'Opera 115.0.0.0'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0',
    'desktop',
    '- -',
    'Windows 10',
    'Firefox 132.0',
  ],
  [
    'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko',
    'desktop',
    '- -',
    'Windows 7',
    'Internet Explorer 11.0',
  ],
  [`Mozilla/5.0 (X11; Linux x86_64) ${BLINK} Safari/537.36`, 'desktop', '- -', 'Linux -', 'Chrome 130.0.0.0'],
  [
    'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
    'desktop',
    '- -',
    'Linux -',
    'Firefox 132.0',
  ],
  ['Mozilla/5.0 (X11; Linux i686; rv:24.0) Gecko/20140205 Firefox/24.0', 'desktop', '- -', 'Linux -', 'Firefox 24.0'],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${BLINK} Safari/537.36`,
    'desktop',
    '- -',
    'Chrome OS 14541.0.0',
    'Chrome 130.0.0.0',
  ],
  [
    `${IPHONE} ${WEBKIT} Version/17.6 Mobile/15E148 Safari/604.1`,
    'mobile',
    'Apple iPhone',
    'iOS 17.6.1',
    'Safari 17.6',
  ],
  [
    `${IPHONE} ${WEBKIT} CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1`,
    'mobile',
    'Apple iPhone',
    'iOS 17.6.1',
    'Chrome 130.0.6723.90',
  ],
  [`${IPHONE} ${WEBKIT} Mobile/15E148`, 'mobile', 'Apple iPhone', 'iOS 17.6.1', 'Safari WebView -'],
  [
    `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${WEBKIT} Version/16.6 Mobile/15E148 Safari/604.1`,
    'tablet',
    'Apple iPad',
    'iOS 16.6',
    'Safari 16.6',
  ],
  [
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.6723.86 Mobile Safari/537.36',
    'mobile',
    'Google Pixel 8',
    'Android 14',
    'Chrome 130.0.6723.86',
  ],
  [CHROME_ON_ANDROID, 'mobile', '- -', 'Android 10', 'Chrome 130.0.0.0'],
  [
    `Mozilla/5.0 (Linux; Android 13; SM-X906C) ${BLINK} Safari/537.36`,
    'tablet',
    'Samsung SM-X906C',
    'Android 13',
    'Chrome 130.0.0.0',
  ],
  [
    'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36',
    'mobile',
    'Samsung SM-S921B',
    'Android 14',
    'Samsung Internet 26.0',
  ],
  [
    'Mozilla/5.0 (Android 14; Tablet; rv:132.0) Gecko/132.0 Firefox/132.0',
    'tablet',
    '- -',
    'Android 14',
    'Firefox 132.0',
  ],
  [
    'Mozilla/5.0 (Linux; Android 13; SM-S901N; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/114.0.5735.60 Mobile Safari/537.36 NAVER(inapp; search; 1000; 12.2.5)',
    'mobile',
    'Samsung SM-S901N',
    'Android 13',
    'Naver 12.2.5',
  ],
  [
    `Mozilla/5.0 (Linux; Android 9; ARCHOS 101 Platinum Build/P1) ${BLINK} Safari/537.36`,
    'tablet',
    'Archos 101 Platinum',
    'Android 9',
    'Chrome 130.0.0.0',
  ],
  [
    'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) 76.0.3809.146/6.0 TV Safari/537.36',
    'tv',
    '- -',
    'Tizen 6.0',
    'Safari -',
  ],
  [
    'Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 DMOST/2.0.0 (; LGE; webOSTV; WEBOS6.3.2 03.34.95; W6_lm21a;)',
    'tv',
    'LG webOSTV',
    'webOS -',
    'Chrome 94.0.4606.128',
  ],
  [
    `Mozilla/5.0 (PlayStation; PlayStation 5/6.50) ${WEBKIT} Version/15.4 Safari/605.1.15`,
    'console',
    'Sony PlayStation 5',
    'PlayStation 5',
    'Safari 15.4',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/33.0.0.0 Chrome/126.0.6478.122 VR Safari/537.36',
    'xr',
    'Meta Quest 3',
    'Linux -',
    'Oculus Browser 33.0.0.0',
  ],
  [
    'Mozilla/5.0 (Linux; Android 11; Google Pixel Watch) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0.0.0 Mobile Safari/537.36',
    'wearable',
    'Google Pixel Watch',
    'Android 11',
    'Chrome 100.0.0.0',
  ],
  ['Opera/9.80 (J2ME/MIDP; Opera Mini/9.80; U; en) Presto/2.5.25', 'mobile', '- -', '- -', 'Opera Mini 9.80'],
  ['Safari/9537.73.11 CFNetwork/673.0.3 Darwin/13.0.0 (x86_64) (MacBookPro8%2C1)', null, '- -', 'macOS -', '- -'],
  // Says Linux, but is no browser on it.
  ['Links (2.7; CYGWIN_NT-5.1 1.7.15(0.260/5/3) i686; GNU C 4.5.3; text)', null, '- -', 'Linux -', 'Links 2.7'],
];

const BOTS: [agent: string, type: string | null][] = [
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', null],
  [
    `Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) ${BLINK} Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)`,
    'mobile',
  ],
  [
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36',
    null,
  ],
  ['curl/8.9.1', null],
  ['curl/7.19.7 (x86_64-redhat-linux-gnu) libcurl/7.19.7', null],
  ['Wget/1.21.4', null],
  ['python-requests/2.32.3', null],
  ['Go-http-client/2.0', null],
  ['axios/1.7.7', null],
  ['Tiny Tiny RSS/1.11 (http://tt-rss.org/)', null],
  ['UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/', null],
  ['Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers; like FeedFetcher-Google)', null],
  ['NewsBlur Feed Fetcher - 12 subscribers', null],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.6723.58 Safari/537.36',
    'desktop',
  ],
];

const read = (agent: string | null, hints: Record<string, unknown> | null = null) =>
  new ClientTraitsReader().read(agent, hints);

const both = (name: string | null, other: string | null) => `${name ?? '-'} ${other ?? '-'}`;

describe('the agent', () => {
  test.each(AGENTS)('of a person: %s', (agent, type, device, system, browser) => {
    const traits = read(agent);
    expect(traits.deviceType).toBe(type);
    expect(both(traits.deviceBrand, traits.deviceModel)).toBe(device);
    expect(both(traits.os, traits.osVersion)).toBe(system);
    expect(both(traits.browser, traits.browserVersion)).toBe(browser);
    if (type !== null) expect(traits.isBot).toBe(false);
  });

  test.each(BOTS)('of a bot: %s', (agent, type) => {
    expect(read(agent)).toMatchObject({ isBot: true, deviceType: type });
  });

  test.each([null, '', '   '])('that is none (%j) says nothing', (agent) => {
    expect(read(agent)).toEqual({
      deviceType: null,
      deviceBrand: null,
      deviceModel: null,
      os: null,
      osVersion: null,
      browser: null,
      browserVersion: null,
      isBot: false,
    });
  });
});

describe('client hints win over the agent', () => {
  test('Windows 11 and a full version', () => {
    const hints = {
      'sec-ch-ua': '"Chromium";v="130", "Google Chrome";v="130", "Not?A_Brand";v="99"',
      'sec-ch-ua-full-version-list':
        '"Chromium";v="130.0.6723.91", "Google Chrome";v="130.0.6723.91", "Not?A_Brand";v="99.0.0.0"',
      'sec-ch-ua-mobile': '?0',
      'sec-ch-ua-platform': '"Windows"',
      'sec-ch-ua-platform-version': '"15.0.0"',
      'sec-ch-ua-model': '""',
    };
    expect(read(CHROME_ON_WINDOWS, hints)).toMatchObject({
      deviceType: 'desktop',
      deviceModel: null,
      os: 'Windows',
      osVersion: '11',
      browser: 'Chrome',
      browserVersion: '130.0.6723.91',
      isBot: false,
    });
  });

  test.each([
    ['13.0.0', '11'],
    ['10.0.0', '10'],
    ['0.3.0', '8.1'],
    ['0.1.0', '7'],
    ['0', '10'],
    ['nonsense', '10'],
  ])('Windows with platform version %s is %s', (version, expected) => {
    const hints = { 'sec-ch-ua-platform': '"Windows"', 'sec-ch-ua-platform-version': `"${version}"` };
    expect(read(CHROME_ON_WINDOWS, hints).osVersion).toBe(expected);
  });

  test('the model and the version that Chrome on Android keeps out of the agent', () => {
    const hints = {
      'Sec-CH-UA-Mobile': '?1',
      'Sec-CH-UA-Platform': '"Android"',
      'Sec-CH-UA-Platform-Version': '"15.0.0"',
      'Sec-CH-UA-Model': '"SM-S921B"',
    };
    expect(read(CHROME_ON_ANDROID, hints)).toMatchObject({
      deviceType: 'mobile',
      deviceBrand: 'Samsung',
      deviceModel: 'SM-S921B',
      os: 'Android',
      osVersion: '15.0.0',
    });
  });

  test('a tablet that asks for desktop sites is no Mac', () => {
    const hints = { 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Android"' };
    expect(read(CHROME_ON_MAC, hints)).toMatchObject({
      deviceType: 'tablet',
      deviceBrand: null,
      deviceModel: null,
      os: 'Android',
      osVersion: null,
    });
  });

  test.each([
    ['"Not)A;Brand";v="8", "Chromium";v="130", "Microsoft Edge";v="130"', 'Edge', '130'],
    ['"Opera";v="115", "Chromium";v="130", "Not/A)Brand";v="99"', 'Opera', '115'],
    ['"Chromium";v="130", " Not A;Brand";v="99", "Google Chrome";v="130"', 'Chrome', '130.0.0.0'],
    ['"(Not(A:Brand";v="99", "Chromium";v="131"', 'Chromium', '131'],
    [
      '"Microsoft Edge WebView2";v="130", "Microsoft Edge";v="130", "Chromium";v="130"',
      'Microsoft Edge WebView2',
      '130',
    ],
    ['"Not A;Brand";v="99"', 'Chrome', '130.0.0.0'],
    ['nonsense', 'Chrome', '130.0.0.0'],
    // Cut by a limit on headers.
    ['"Chromium";v="130", "Brave";v="130", "Not?A_Br', 'Brave', '130'],
  ])('of the brands %s it is %s', (list, browser, browserVersion) => {
    expect(read(CHROME_ON_MAC, { 'sec-ch-ua': list })).toMatchObject({ browser, browserVersion });
  });

  test('an app that names itself in its agent is not Chrome', () => {
    const app = `Mozilla/5.0 (Linux; Android 13; SM-A536B; wv) ${BLINK} Mobile Safari/537.36 Instagram 355.0.0.40.109 Android`;
    const hints = { 'sec-ch-ua': '"Android WebView";v="130", "Chromium";v="130", "Not?A_Brand";v="99"' };
    expect(read(app, hints)).toMatchObject({ browser: 'Instagram', browserVersion: '355.0.0.40.109' });
  });

  test('a headless browser that hides in the agent alone', () => {
    const hints = { 'sec-ch-ua': '"Chromium";v="130", "HeadlessChrome";v="130", "Not?A_Brand";v="99"' };
    expect(read(CHROME_ON_MAC, hints)).toMatchObject({ browser: 'Headless Chrome', isBot: true });
  });

  test('a television stays one', () => {
    const tv =
      'Mozilla/5.0 (Linux; Android 9; AFTKA Build/PS7633) Silk/112.5.1 like Chrome/112.0.5615.213 Safari/537.36';
    const hints = { 'sec-ch-ua-mobile': '?0', 'sec-ch-ua-platform': '"Android"' };
    expect(read(tv, hints)).toMatchObject({ deviceType: 'tv', deviceBrand: 'Amazon' });
  });

  test('without an agent they stand alone', () => {
    const hints = { 'sec-ch-ua-mobile': '?1', 'sec-ch-ua-platform': '"Android"', 'sec-ch-ua-model': '"Pixel 8"' };
    expect(read(null, hints)).toMatchObject({
      deviceType: 'mobile',
      deviceBrand: 'Google',
      os: 'Android',
      isBot: false,
    });
  });
});

describe('the cache', () => {
  test('the same agent is parsed once, with other hints again', () => {
    const reader = new ClientTraitsReader();
    const first = reader.read(CHROME_ON_MAC, null);
    expect(reader.read(CHROME_ON_MAC, {})).toBe(first);
    expect(reader.read(CHROME_ON_MAC, { 'x-other': 'never read' })).toBe(first);
    expect(reader.parsed).toBe(1);
    const hints = { 'sec-ch-ua-platform': '"macOS"', 'sec-ch-ua-platform-version': '"15.1.0"' };
    expect(reader.read(CHROME_ON_MAC, hints).osVersion).toBe('15.1.0');
    expect(reader.read(CHROME_ON_MAC, { ...hints }).osVersion).toBe('15.1.0');
    expect(reader.parsed).toBe(2);
  });

  test('is bounded, and what was used last stays', () => {
    const reader = new ClientTraitsReader(3);
    const agents = ['a/1', 'b/1', 'c/1'];
    for (const agent of agents) reader.read(agent, null);
    reader.read('a/1', null);
    reader.read('d/1', null);
    expect(reader.parsed).toBe(4);
    reader.read('a/1', null);
    expect(reader.parsed).toBe(4);
    reader.read('b/1', null);
    expect(reader.parsed).toBe(5);
    for (let n = 0; n < 50; n += 1) reader.read(`flood/${n}`, null);
    expect(reader.remembered).toBe(3);
  });

  test('nobody can change what others will read', () => {
    expect(Object.isFrozen(read(CHROME_ON_MAC))).toBe(true);
  });
});

describe('hostile clients', () => {
  const FRAGMENTS = [
    'Mozilla/5.0 (',
    'Android 14; ',
    'naver(',
    '1.',
    '; ',
    ' Build/',
    'Safari/',
    '\0',
    '\ud800',
    'é',
    ') ',
  ];
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 1_100 }),
    fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 200 }).map((parts) => parts.join('')),
  );
  const hints = fc.dictionary(
    fc.constantFrom(
      'sec-ch-ua',
      'sec-ch-ua-platform',
      'sec-ch-ua-model',
      'sec-ch-ua-mobile',
      '__proto__',
      'constructor',
    ),
    fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer(), fc.constant(null)),
  );

  test('nothing throws, and everything fits its column', () => {
    const reader = new ClientTraitsReader(10);
    fc.assert(
      fc.property(hostile, fc.option(hints), (agent, sent) => {
        for (const value of Object.values(reader.read(agent, sent))) {
          if (typeof value !== 'string') continue;
          expect(value.length).toBeGreaterThan(0);
          expect(value.length).toBeLessThanOrEqual(100);
          expect(value.isWellFormed()).toBe(true);
          expect(value).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('names of prototypes are names like others', () => {
    const model = { 'sec-ch-ua-model': '"constructor"', 'sec-ch-ua': '"__proto__";v="1"' };
    expect(read('__proto__/1 constructor', model)).toMatchObject({ deviceModel: 'constructor', browser: '__proto__' });
  });

  // Patterns that go back over what they have read took half a second for some of these.
  test.each([
    ['naver(', 20, '11.1'],
    ['naver(', 1, '1.'],
    ['archos ', 40, '1'],
    ['archos ', 1, '1'],
    ['archos 11111111111111111111111111111111111/', 12, '1'],
    ['naver[', 20, '1.;'],
    ['opera version/', 10, '-'],
    ['droid ; ', 40, 'a'],
    ['@a-', 1, '@a-'],
  ])('a pattern meets its worst case: %s', (start, times, rest) => {
    const agent = (start.repeat(times) + rest.repeat(1_024)).slice(0, 1_024);
    const took = Array.from({ length: 5 }, () => {
      const before = performance.now();
      read(agent);
      return performance.now() - before;
    });
    expect(Math.min(...took)).toBeLessThan(10);
  });
});
