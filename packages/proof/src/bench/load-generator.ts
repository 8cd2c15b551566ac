import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { DemoPlan } from '@tallymark/contract/demo-plan';
import type { EventInput } from '@tallymark/contract/event-input';

export interface Load {
  readonly port: number;
  /** Events in one request; 1 calls `track`, more call `trackBatch`. */
  readonly eventsPerRequest: number;
  readonly connections: number;
  readonly seconds: number;
  /** Events a second to keep to; without it the server sets the pace. */
  readonly eventsPerSecond?: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly requests: number;
  /** Receipts that said `accepted`. */
  readonly accepted: number;
  /** Requests without a 200, or without a receipt for each event. */
  readonly failed: number;
  /** Milliseconds from sending a request to the end of its answer. */
  readonly ackMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

const SESSIONS = 500;
export const USER_AGENTS = [120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131].flatMap((version) => [
  `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${version}.0.0.0 Safari/537.36`,
  `Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`,
]);

/**
 * Sends for so long as told, each connection its next request when the last is answered and its turn has come. A request
 * that could not keep its turn is sent late, not left out, and its wait is no part of the time to its answer.
 */
export async function generateLoad(load: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const sessions = Array.from({ length: SESSIONS }, () => randomUUID());
  const ackMs: number[] = [];
  let accepted = 0;
  let failed = 0;
  const started = performance.now();
  const until = started + load.seconds * 1_000;
  const turnMs = load.eventsPerSecond === undefined ? 0 : (load.eventsPerRequest * 1_000) / load.eventsPerSecond;
  let turns = 0;
  const connection = async () => {
    while (performance.now() < until) {
      const early = started + turns++ * turnMs - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      const body = requestBody(load.eventsPerRequest, sessions);
      const sent = performance.now();
      const answer = await post(agent, load, body);
      ackMs.push(performance.now() - sent);
      const receipts = answer.match(/"status":"accepted"/g)?.length ?? 0;
      accepted += receipts;
      if (receipts !== load.eventsPerRequest) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: load.connections }, connection));
  const seconds = (performance.now() - started) / 1_000;
  agent.destroy();
  ackMs.sort((a, b) => a - b);
  const at = (share: number) => ackMs[Math.min(ackMs.length - 1, Math.floor(ackMs.length * share))] ?? Number.NaN;
  return { seconds, requests: ackMs.length, accepted, failed, ackMs: { p50: at(0.5), p99: at(0.99), max: at(1) } };
}

/** A page view as a browser sends it: own key, own time, one session a request. */
function pageView(sessionId: string): EventInput<DemoPlan> {
  return {
    eventType: 'page_viewed',
    source: 'web',
    sessionId,
    occurredAt: new Date().toISOString(),
    idempotencyKey: randomUUID(),
    props: {
      path: `/assets/${Math.floor(Math.random() * 1_000)}`,
      title: 'Harbour at dawn, aerial',
      referrer: 'https://www.example.org/search?q=harbour',
    },
    attribution: { utmSource: 'newsletter', utmMedium: 'email', utmCampaign: 'spring' },
  };
}

function requestBody(events: number, sessions: readonly string[]): string {
  const session = sessions[Math.floor(Math.random() * sessions.length)] ?? '';
  if (events === 1) return JSON.stringify({ json: pageView(session) });
  return JSON.stringify({ json: { events: Array.from({ length: events }, () => pageView(session)) } });
}

function post(agent: Agent, { port, eventsPerRequest }: Load, body: string): Promise<string> {
  const procedure = eventsPerRequest === 1 ? 'track' : 'trackBatch';
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': USER_AGENTS[Math.floor(Math.random() * USER_AGENTS.length)],
  };
  return new Promise((resolve, reject) => {
    const path = `/api/trpc/eventIngestion.${procedure}`;
    const call = request({ agent, port, host: '127.0.0.1', method: 'POST', path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(response.statusCode === 200 ? text : ''));
    });
    call.once('error', reject);
    call.end(body);
  });
}
