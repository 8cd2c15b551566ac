import { CHANNELS } from '@tallymark/contract/attribution';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyChannel } from './channel.ts';
import { type EventTouch, readTouch } from './traffic-source.ts';

const NOTHING = readTouch({ touch: null, path: null, url: null, referrer: null });
const OWN = new Set(['www.studio.example', 'localhost:3000']);

const channelOf = (touch: Partial<EventTouch>, own: ReadonlySet<string> = OWN) =>
  classifyChannel({ ...NOTHING, ...touch }, own).channel;
const tagged = (utmSource: string | null, utmMedium: string | null) => channelOf({ utmSource, utmMedium });

describe('tags', () => {
  test.each([
    ['google', 'cpc', 'paid'],
    ['newsletter', 'CPC', 'paid'],
    ['facebook', 'paid_social', 'paid'],
    ['facebook', 'social-paid', 'paid'],
    ['partner', 'display', 'paid'],
    ['partner', 'retargeting', 'paid'],
    ['partner', 'affiliate', 'paid'],
    ['cookbook', 'recipe', 'referral'],
    ['spring', 'email', 'email'],
    ['spring', 'e-mail', 'email'],
    ['Newsletter', null, 'email'],
    ['weekly-newsletter', 'link', 'email'],
    [null, 'Email', 'email'],
    ['facebook', null, 'social'],
    ['l.facebook.com', 'referral', 'social'],
    ['brand', 'social', 'social'],
    ['brand', 'organic_social', 'social'],
    ['x', 'post', 'social'],
    ['google', null, 'organic_search'],
    ['google', 'organic', 'organic_search'],
    ['www.google.co.uk', null, 'organic_search'],
    ['somewhere', 'organic', 'organic_search'],
    ['partner', null, 'referral'],
    ['partner', 'link', 'referral'],
    [null, 'referral', 'referral'],
    [null, 'qr', 'direct'],
  ])('source %s, medium %s: %s', (source, medium, channel) => {
    expect(tagged(source, medium)).toBe(channel);
  });
});

describe('click ids', () => {
  test.each(['gclid', 'gbraid', 'wbraid', 'msclkid', 'dclid', 'ttclid', 'twclid', 'yclid', 'GCLID'])(
    '%s was paid for, whatever else is said',
    (name) => {
      expect(channelOf({ clickIds: { [name]: '1' }, utmMedium: 'organic', utmSource: 'google' })).toBe('paid');
    },
  );

  test.each(['fbclid', 'igshid', 'li_fat_id'])('%s comes from a network, and proves no payment', (name) => {
    expect(channelOf({ clickIds: { [name]: '1' } })).toBe('social');
    expect(channelOf({ clickIds: { [name]: '1' }, utmMedium: 'cpc' })).toBe('paid');
    expect(channelOf({ clickIds: { [name]: '1' }, utmMedium: 'email' })).toBe('email');
  });

  test('one that nobody knows proves nothing', () => {
    expect(channelOf({ clickIds: { my_id: '1' } })).toBe('direct');
  });
});

describe('referrers', () => {
  test.each([
    ['https://www.google.com/', 'organic_search', 'google.com'],
    ['https://www.google.co.uk/search?q=x', 'organic_search', 'google.co.uk'],
    ['https://google.de', 'organic_search', 'google.de'],
    ['https://duckduckgo.com/', 'organic_search', 'duckduckgo.com'],
    ['https://uk.search.yahoo.com/', 'organic_search', 'uk.search.yahoo.com'],
    ['https://yandex.com.tr/', 'organic_search', 'yandex.com.tr'],
    [
      'android-app://com.google.android.googlequicksearchbox/',
      'organic_search',
      'com.google.android.googlequicksearchbox',
    ],
    ['https://mail.google.com/mail/u/0/', 'email', 'mail.google.com'],
    ['android-app://com.google.android.gm/', 'email', 'com.google.android.gm'],
    ['https://outlook.live.com/', 'email', 'outlook.live.com'],
    ['https://webmail.university.example/', 'email', 'webmail.university.example'],
    ['https://docs.google.com/document/d/1', 'referral', 'docs.google.com'],
    ['https://finance.yahoo.com/news', 'referral', 'finance.yahoo.com'],
    ['https://l.facebook.com/l.php?u=x', 'social', 'l.facebook.com'],
    ['https://m.facebook.com/', 'social', 'm.facebook.com'],
    ['https://t.co/abc', 'social', 't.co'],
    ['https://out.reddit.com/', 'social', 'out.reddit.com'],
    ['https://www.pinterest.co.uk/', 'social', 'pinterest.co.uk'],
    ['android-app://com.linkedin.android', 'social', 'com.linkedin.android'],
    ['https://notfacebook.com/', 'referral', 'notfacebook.com'],
    ['https://google.evil.example/', 'referral', 'google.evil.example'],
    ['https://google.com@evil.example/', 'referral', 'evil.example'],
    ['HTTPS://WWW.Blog.Example:8443/a?b#c', 'referral', 'blog.example'],
    ['https://münchen.example/', 'referral', 'xn--mnchen-3ya.example'],
    ['https://studio.example/assets', 'internal', 'studio.example'],
    ['https://blog.studio.example/', 'internal', 'blog.studio.example'],
    ['http://localhost:3000/', 'internal', 'localhost'],
    ['https://otherstudio.example/', 'referral', 'otherstudio.example'],
    ['about:blank', 'direct', null],
    ['javascript:alert(1)', 'direct', null],
    ['file:///home/page.html', 'direct', null],
    ['google.com', 'direct', null],
    ['http://', 'direct', null],
    ['https://exa mple/', 'direct', null],
    ['-', 'direct', null],
    [`https://${'a.'.repeat(400)}example/`, 'direct', null],
  ])('%s: %s, %s', (referrer, channel, referrerDomain) => {
    expect(classifyChannel({ ...NOTHING, referrer }, OWN)).toEqual({ channel, referrerDomain });
  });

  test('nothing at all is direct', () => {
    expect(classifyChannel(NOTHING, OWN)).toEqual({ channel: 'direct', referrerDomain: null });
  });

  test("the landing page's own host is internal where the site names no hosts", () => {
    const referrer = 'https://www.studio.example/a';
    const landingPage = 'https://studio.example/b';
    expect(channelOf({ referrer, landingPage }, new Set())).toBe('internal');
    expect(channelOf({ referrer, landingPage: '/b' }, new Set())).toBe('referral');
  });

  test('own hosts are taken as people write them', () => {
    const referrer = 'https://shop.studio.example/';
    for (const host of ['Studio.Example', 'www.studio.example', 'studio.example:443', 'https://studio.example/']) {
      expect(channelOf({ referrer }, new Set([host]))).toBe('internal');
    }
    expect(channelOf({ referrer }, new Set(['', '%', 'dio.example']))).toBe('referral');
  });

  test('a site at a host that looks like webmail is still internal', () => {
    const referrer = 'https://mail.studio.example/inbox';
    expect(channelOf({ referrer })).toBe('internal');
    expect(channelOf({ referrer }, new Set())).toBe('email');
    expect(channelOf({ referrer, utmSource: 'partner' })).toBe('referral');
  });

  test('a campaign on an own link is not internal', () => {
    const referrer = 'https://studio.example/';
    expect(channelOf({ referrer, utmSource: 'partner' })).toBe('referral');
    expect(channelOf({ referrer, utmSource: 'footer', utmMedium: 'email' })).toBe('email');
  });
});

describe('tags outrank the referrer', () => {
  test.each([
    ['newsletter', 'https://www.google.com/', 'email'],
    ['facebook', 'https://www.google.com/', 'social'],
    ['google', 'https://l.facebook.com/', 'organic_search'],
    // A source that nobody knows leaves it to the referrer.
    ['spring_sale', 'https://mail.google.com/', 'email'],
    ['spring_sale', 'https://blog.example/', 'referral'],
  ])('source %s with referrer %s: %s', (utmSource, referrer, channel) => {
    expect(channelOf({ utmSource, referrer })).toBe(channel);
  });
});

test('whatever a caller sends is some channel, with a domain that fits', () => {
  const text = fc.option(
    fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl().map(String), fc.constant('https://x.com')),
  );
  fc.assert(
    fc.property(text, text, text, fc.array(fc.string()), (source, medium, referrer, own) => {
      const touch = { utmSource: source, utmMedium: medium, referrer: referrer, landingPage: referrer };
      const facts = classifyChannel({ ...NOTHING, ...touch }, new Set(own));
      expect(CHANNELS).toContain(facts.channel);
      expect(facts.referrerDomain ?? 'a').toMatch(/^[^A-Z\0]{1,253}$/);
    }),
  );
});
