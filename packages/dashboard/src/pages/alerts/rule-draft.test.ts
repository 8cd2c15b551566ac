import type { Alert, AlertSource } from '@tallymark/contract/alerts';
import { describe, expect, test } from 'vitest';
import { draftOf, EMPTY_DRAFT, readDraft } from './rule-draft.ts';
import { watchedWords } from './rule-words.ts';

const ALERT: Alert = {
  id: '00000000-0000-4000-8000-000000000001',
  siteId: '00000000-0000-4000-8000-000000000002',
  name: 'Too few visitors',
  source: { kind: 'pipeline', figure: 'dead_letters' },
  condition: { kind: 'above', than: 3 },
  windowMinutes: 7,
  coolDownMinutes: 90,
  enabled: true,
  webhookUrl: 'https://hooks.example/alerts',
  builtIn: false,
  state: 'ok',
  since: null,
  value: null,
  reference: null,
  evaluatedAt: null,
  error: null,
  deliveryError: null,
};
const overview = (pointer: string, input: Extract<AlertSource, { kind: 'question' }>['input']): AlertSource => ({
  kind: 'question',
  question: 'stats.overview',
  input,
  pointer,
});
const signed = { field: 'event_type', op: 'is', value: 'license_signed' };
const email = { field: 'channel', op: 'in', value: ['email', 'social'] };

describe('a rule comes out of the form as it went in', () => {
  test.each<[words: string, source: AlertSource]>([
    ['Dead letters', { kind: 'pipeline', figure: 'dead_letters' }],
    ['Visitors', overview('/visitors', { bots: 'exclude' })],
    ['Sessions that convert', overview('/conversionRate', { filter: [email], segmentId: ALERT.id, bots: 'include' })],
    ['Events of type license_signed', overview('/events', { filter: [signed], bots: 'only' })],
    ['Events of type license_signed', overview('/events', { filter: [signed, email], bots: 'exclude' })],
    ['Visitors', overview('/visitors', { filter: [signed], bots: 'exclude' })],
    ['/visitors of stats.overview', overview('/visitors', { timeZone: 'Europe/Berlin' })],
    [
      '/rows/0/value of stats.breakdown',
      {
        kind: 'question',
        question: 'stats.breakdown',
        input: { by: 'page', limit: 1 },
        pointer: '/rows/0/value',
      },
    ],
  ])('%s', (words, source) => {
    expect(watchedWords(source)).toBe(words);
    expect(readDraft(draftOf({ ...ALERT, source }))).toMatchObject({
      problems: null,
      rule: {
        name: ALERT.name,
        source,
        condition: ALERT.condition,
        windowMinutes: 7,
        coolDownMinutes: 90,
        webhookUrl: ALERT.webhookUrl,
      },
    });
  });

  test('money, which is stored in cents and typed in whole units', () => {
    const source = overview('/value', { bots: 'exclude' });
    const draft = draftOf({ ...ALERT, source, condition: { kind: 'below', than: 1_999 } });
    expect(draft.than).toBe('19.99');
    expect(readDraft(draft)).toMatchObject({ rule: { condition: { kind: 'below', than: 1_999 } } });
  });

  test('a change against a week before', () => {
    const condition = { kind: 'change', direction: 'down', percent: 12.5 } as const;
    expect(readDraft(draftOf({ ...ALERT, condition }))).toMatchObject({ rule: { condition } });
  });
});

describe('what is wrong stands at the field', () => {
  test.each([
    ['no name', { name: ' ', than: '1' }, { name: expect.stringContaining('name') }],
    ['no threshold', { than: '' }, { than: 'Give a number.' }],
    ['no number', { than: '1 or 2' }, { than: 'Give a number.' }],
    ['0 per cent', { condition: 'change', percent: '0' }, { percent: expect.stringContaining('above 0') }],
    ['no type', { measure: 'eventsOfType', than: '1' }, { eventType: expect.stringContaining('type') }],
    ['no URL', { webhookUrl: 'ftp://hooks.example', than: '1' }, { webhookUrl: expect.stringContaining('https://') }],
    [
      'no JSON',
      { measure: 'question', question: 'stats.overview', pointer: '/visitors', input: '{', than: '1' },
      {
        input: expect.stringContaining('JSON object'),
      },
    ],
    [
      'a list',
      { measure: 'question', question: 'stats.overview', pointer: '/visitors', input: '[]', than: '1' },
      {
        input: expect.stringContaining('JSON object'),
      },
    ],
    [
      'a hostile name',
      { measure: 'question', question: 'a b', pointer: '/x', than: '1' },
      {
        question: expect.stringContaining('no name of a question'),
      },
    ],
  ] as const)('%s', (_, change, problems) => {
    const read = readDraft({ ...EMPTY_DRAFT, name: 'Too few', ...change });
    expect(read.problems).toEqual(problems);
  });

  test('and a comma before decimals is none', () => {
    const read = readDraft({ ...EMPTY_DRAFT, name: 'Too few', than: '1,5' });
    expect(read).toMatchObject({ problems: null, rule: { condition: { kind: 'below', than: 1.5 } } });
  });
});
