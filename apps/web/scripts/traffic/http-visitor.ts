import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { EventInput } from '@tallymark/contract/event-input';
import { BROWSER_VISIT_COOKIE, writeBrowserVisit } from '../../src/tracking/browser-visit.ts';
import { STUDIO_SITE_KEY } from '../../src/tracking/site-key.ts';
import type { Person } from '../history/people.ts';
import type { Source } from '../history/sources.ts';

const TIMEOUT_MS = 15_000;

interface HttpVisit {
  readonly baseUrl: string;
  readonly person: Person;
  readonly sessionId: string;
  readonly source: Source;
}

/** A browser as the server sees it: it keeps cookies, opens pages, posts forms, and sends the client's own requests. */
export class HttpVisitor {
  private readonly cookies = new Map<string, string>();
  private sent = 0;

  constructor(private readonly visit: HttpVisit) {
    const { person, sessionId, source } = visit;
    const { campaignId, influencerId } = source;
    const { visitorId } = person;
    const campaign = { ...(campaignId && { campaignId }), ...(influencerId && { influencerId }) };
    this.cookies.set(BROWSER_VISIT_COOKIE, writeBrowserVisit({ visitorId, sessionId, ...campaign }));
  }

  /** The text of a page. @throws Error where there is none. */
  async open(path: string): Promise<string> {
    const response = await this.request(path, { redirect: 'follow' });
    if (!response.ok) throw new Error(`${path} answered ${response.status}.`);
    return response.text();
  }

  /** Posts the form of an open page, as a browser without scripts does. Answers where it led to. */
  async post(path: string, html: string, formId: string, fields: Readonly<Record<string, string>>): Promise<string> {
    const form = new RegExp(`<form[^>]*id="${formId}"[^>]*>(.*?)</form>`, 's').exec(html)?.[1];
    if (form === undefined) throw new Error(`${path} has no form ${formId}.`);
    const body = new FormData();
    for (const [input] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = /name="([^"]*)"/.exec(input)?.[1];
      if (name) body.set(plainText(name), plainText(/value="([^"]*)"/.exec(input)?.[1] ?? ''));
    }
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const { baseUrl } = this.visit;
    const response = await this.request(path, {
      method: 'POST',
      body,
      headers: { origin: baseUrl },
      redirect: 'manual',
    });
    await response.arrayBuffer();
    const location = response.headers.get('location');
    if (location === null) throw new Error(`The form ${formId} led nowhere: ${response.status}.`);
    return new URL(location, baseUrl).pathname;
  }

  /** Sends events as the browser client does. @throws Error where one is refused. */
  async track(inputs: readonly EventInput<DemoPlan>[]): Promise<void> {
    const { person, sessionId, source } = this.visit;
    const query = new URLSearchParams(source.link).toString();
    const { language, timeZone, viewport } = person;
    const attribution = {
      landingPage: `${this.visit.baseUrl}/${query && `?${query}`}`,
      ...(source.referrer && { referrer: source.referrer }),
      ...{ language, timeZone, viewport },
    };
    const events = inputs.map((input) => ({
      ...input,
      sessionId,
      attribution,
      source: 'web',
      idempotencyKey: `${sessionId}.${this.sent++}`,
    }));
    const response = await this.request(`/api/trpc/eventIngestion.trackBatch?batch=1&site=${STUDIO_SITE_KEY}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ 0: { json: { visitorId: person.visitorId, events } } }),
    });
    const text = await response.text();
    if (!response.ok || text.includes('"rejected"')) throw new Error(`Events were refused: ${text.slice(0, 500)}`);
  }

  private async request(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('user-agent', this.visit.person.userAgent);
    headers.set('accept-language', this.visit.person.language);
    headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(new URL(path, this.visit.baseUrl), { ...init, headers, signal });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) this.cookies.set(name, value);
    }
    return response;
  }
}

const plainText = (html: string) =>
  html
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
