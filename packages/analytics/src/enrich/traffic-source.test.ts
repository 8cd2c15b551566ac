import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { campaignOf, changesCampaign, readTouch, type TouchFacts } from './traffic-source.ts';

const touchOf = (facts: Partial<TouchFacts>) =>
  readTouch({ touch: null, path: null, url: null, referrer: null, ...facts });
const NOTHING = touchOf({});

describe('readTouch', () => {
  test('what the caller sent', () => {
    const touch = {
      utmSource: 'partner',
      utmMedium: 'link',
      utmCampaign: 'spring',
      utmContent: 'hero',
      utmTerm: 'logo',
      referrer: 'https://blog.example/',
      landingPage: 'https://studio.example/assets',
      clickIds: { gclid: 'g1' },
    };
    expect(touchOf({ touch, referrer: 'https://other.example/', path: '/other' })).toEqual(touch);
  });

  test('an event that says nothing', () => {
    expect(Object.values(NOTHING)).toEqual(Array.from({ length: 8 }, () => null));
    expect(touchOf({ touch: { referrer: '', landingPage: '' }, referrer: '', path: '', url: '' })).toEqual(NOTHING);
  });

  test.each([
    ['the landing page', { touch: { landingPage: 'https://s.example/a?utm_source=a&utm_medium=b&gclid=c#d' } }],
    ['a relative landing page', { touch: { landingPage: '/a?utm_source=a&utm_medium=b&gclid=c' } }],
    ['the URL', { url: 'https://s.example/a?x=1&UTM_Source=a&utm_medium=b&GCLID=c' }],
    ['the path', { path: '/a?utm_source=a&amp;utm_medium=b&amp;gclid=c' }],
    ['several of them', { touch: { utmSource: 'a' }, url: '?utm_medium=b', path: '/p?gclid=c' }],
  ])('tags in %s', (_where, facts) => {
    expect(touchOf(facts)).toMatchObject({ utmSource: 'a', utmMedium: 'b', clickIds: { gclid: 'c' } });
  });

  test('the first place wins, and another campaign is not mixed in', () => {
    const touch = { utmSource: 'partner', landingPage: '/?utm_source=google&utm_medium=cpc&gclid=1' };
    expect(touchOf({ touch, path: '/p?utm_source=partner&utm_campaign=spring' })).toMatchObject({
      utmSource: 'partner',
      utmMedium: null,
      utmCampaign: 'spring',
      clickIds: null,
    });
    const first = touchOf({ touch: { clickIds: { gclid: '1' } }, path: '/?gclid=2&utm_source=google' });
    expect(first).toMatchObject({ utmSource: null, clickIds: { gclid: '1' } });
  });

  test('the landing page is what says most', () => {
    expect(touchOf({ touch: { landingPage: '/l' }, url: '/u', path: '/p' }).landingPage).toBe('/l');
    expect(touchOf({ url: '/u', path: '/p' }).landingPage).toBe('/u');
    expect(touchOf({ path: '/p' }).landingPage).toBe('/p');
    expect(touchOf({ touch: { referrer: '' }, referrer: 'https://a.example/' }).referrer).toBe('https://a.example/');
  });

  test('click ids: the known ones of URLs, all that the caller names, in one spelling', () => {
    const url = '/?ScCid=1&wbraid=2&session_token=secret&fbclid=3&__proto__=4';
    expect(touchOf({ url }).clickIds).toEqual({ sccid: '1', wbraid: '2', fbclid: '3' });
    const clickIds = { ScCid: '1', my_network: '2', 'not a name': '3', ['__proto__']: '4', empty: '', number: 5 };
    expect(touchOf({ touch: { clickIds } }).clickIds).toEqual({ sccid: '1', my_network: '2' });
    expect(touchOf({ touch: { clickIds: 'text' } }).clickIds).toBeNull();
  });

  test.each([
    ['%00a%00', 'a'],
    ['%ED%A0%80', '\ufffd\ufffd\ufffd'],
    ['%', '%'],
    ['%zz', '%zz'],
    ['%C3%A9t%C3%A9+1', 'été 1'],
    ['%E2%82', '\ufffd'],
    ['', null],
    ['%00', null],
    ['%0a', null],
  ])('what is encoded as %s reaches Postgres as %j', (encoded, decoded) => {
    expect(touchOf({ path: `/?utm_source=${encoded}` }).utmSource).toBe(decoded);
  });

  test('the first of a repeated parameter counts', () => {
    expect(touchOf({ path: '/?utm_source=a&utm_source=b' }).utmSource).toBe('a');
  });

  test('everything has a bound', () => {
    const long = 'x'.repeat(5_000);
    const clickIds = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`id${n}`, long]));
    const touch = touchOf({ touch: { utmSource: long, clickIds, referrer: long }, path: long });
    expect(touch.utmSource).toHaveLength(200);
    expect(touch.referrer).toHaveLength(2_048);
    expect(touch.landingPage).toHaveLength(2_048);
    expect(Object.values(touch.clickIds ?? {}).map((id) => id.length)).toEqual(Array.from({ length: 20 }, () => 500));
  });

  test('no bound leaves half a surrogate pair, and none comes in', () => {
    expect(touchOf({ touch: { utmSource: `${'x'.repeat(199)}😀` } }).utmSource).toBe(`${'x'.repeat(199)}\ufffd`);
    expect(touchOf({ touch: { utmSource: 'a\ud800b' } }).utmSource).toBe('a\ufffdb');
  });

  test('never throws, and answers only with what can be stored', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((value) => `/p?utm_source=${value}&gclid=%${value}`),
    );
    const json = fc.option(fc.dictionary(fc.constantFrom('utmSource', 'clickIds', 'referrer'), fc.jsonValue()));
    fc.assert(
      fc.property(json, fc.option(text), fc.option(text), fc.option(text), (touch, path, url, referrer) => {
        const { clickIds, ...fields } = readTouch({ touch, path, url, referrer });
        for (const value of [...Object.values(fields), ...Object.values(clickIds ?? {})]) {
          if (value === null) continue;
          expect(value).not.toBe('');
          expect(value.isWellFormed()).toBe(true);
          expect(value).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });
});

const campaign = {
  utmSource: 'google',
  utmMedium: 'cpc',
  utmCampaign: 'spring',
  clickIds: { gclid: '1', fbclid: '2' },
};
const CURRENT = { ...NOTHING, ...campaign };

describe('campaignOf', () => {
  test('names what makes the campaign', () => {
    expect(campaignOf(CURRENT)).toEqual({
      source: 'google',
      medium: 'cpc',
      campaign: 'spring',
      clickIds: { gclid: '1', fbclid: '2' },
    });
    expect(campaignOf({ ...NOTHING, utmMedium: 'cpc' })).toMatchObject({ source: null, medium: 'cpc' });
  });

  test('content, term, referrer and landing page make none', () => {
    const touch = { utmContent: 'a', utmTerm: 'b', referrer: 'https://a.example/', landingPage: '/' };
    expect(campaignOf({ ...NOTHING, ...touch })).toBeNull();
  });
});

describe('changesCampaign', () => {
  test.each([
    [{ utmSource: 'bing' }],
    [{ utmSource: 'google', utmMedium: 'organic' }],
    [{ utmCampaign: 'summer' }],
    [{ clickIds: { gclid: '3' } }],
    [{ clickIds: { gclid: '1', msclkid: '4' } }],
  ])('%j is another campaign', (next) => {
    expect(changesCampaign(CURRENT, { ...NOTHING, ...next })).toBe(true);
    expect(changesCampaign(NOTHING, { ...NOTHING, ...next })).toBe(true);
  });

  test.each([
    [{}],
    [{ referrer: 'https://other.example/', landingPage: '/other', utmContent: 'other', utmTerm: 'other' }],
  ])('%j changes nothing', (next) => {
    expect(changesCampaign(CURRENT, { ...NOTHING, ...next })).toBe(false);
    expect(changesCampaign(NOTHING, { ...NOTHING, ...next })).toBe(false);
  });

  test('a session is not ended by a touch that says the same or less', () => {
    fc.assert(
      fc.property(fc.subarray(['utmSource', 'utmMedium', 'utmCampaign'] as const), fc.boolean(), (fields, withId) => {
        const said = Object.fromEntries(fields.map((field) => [field, campaign[field]]));
        const next = { ...NOTHING, ...said, clickIds: withId ? { fbclid: '2' } : null };
        expect(changesCampaign(CURRENT, next)).toBe(false);
      }),
    );
  });
});
