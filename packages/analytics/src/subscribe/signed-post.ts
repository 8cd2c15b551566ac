import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { DeliveryFailed, describeThrown } from './delivery.ts';
import { type AddressRules, checkedLookup, checkUrl } from './webhook-address.ts';
import { DELIVERY_HEADER, SIGNATURE_HEADER, signWebhook } from './webhook-signature.ts';

export const WEBHOOK_TIMEOUT_MS = 10_000;
/** What a receiver may answer; nobody reads it. */
const ANSWER_BYTES = 65_536;
const LONGEST_RETRY_AFTER_MS = 3_600_000;

export interface SignedPost {
  readonly url: string;
  readonly secret: string;
  /** The same for every repeat. */
  readonly deliveryId: string;
  readonly body: string;
}

export interface WebhookRequestOptions extends AddressRules {
  readonly now: () => Date;
  readonly timeoutMs: number;
  /** Breaks the request off. */
  readonly signal: AbortSignal;
}

/** Posts a body of JSON, signed. @throws DeliveryFailed unless the receiver answers 2xx in time. */
export async function postSigned(sent: SignedPost, options: WebhookRequestOptions): Promise<void> {
  const { body } = sent;
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'tallymark-webhook/1',
    [SIGNATURE_HEADER]: signWebhook(sent.secret, body, options.now()),
    [DELIVERY_HEADER]: sent.deliveryId,
  };
  const answer = await post(sent.url, { headers, body }, options).catch((error: unknown) => {
    throw new DeliveryFailed(describeThrown(error), { divisible: false }, { cause: error });
  });
  judge(answer, options.now());
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

function post(
  target: string,
  { headers, body }: { readonly headers: Record<string, string | number>; readonly body: string },
  options: WebhookRequestOptions,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = checkUrl(target, options);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    // A connection of its own: no pool, and no proxy, that would get round the look-up.
    const request = send(url, { method: 'POST', headers, agent: false, lookup: checkedLookup(options) });
    const breakOff = () => request.destroy(new Error('This process shuts down.'));
    const late = () => request.destroy(new Error(`No answer within ${options.timeoutMs} ms.`));
    const timer = setTimeout(late, options.timeoutMs);
    options.signal.addEventListener('abort', breakOff);
    // The status is the answer, whatever becomes of the rest.
    let answer: Answer | undefined;
    request.on('error', (error) => (answer ? resolve(answer) : reject(error)));
    request.on('response', (response) => {
      const given = { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] };
      answer = given;
      drop(response, () => resolve(given));
    });
    // Asked to change the protocol, Node would end the connection without a word.
    request.on('upgrade', (_response, socket) => socket.destroy());
    request.on('close', () => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', breakOff);
      if (answer) resolve(answer);
      else reject(new Error('The connection ended without an answer.'));
    });
    request.end(body);
  });
}

function drop(response: IncomingMessage, done: () => void): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES) response.destroy();
  });
  response.on('error', done);
  response.on('close', done);
}

function judge({ status, retryAfter }: Answer, now: Date): void {
  if (status >= 200 && status < 300) return;
  if (status === 410)
    throw new DeliveryFailed('The receiver answered 410: it is gone.', { divisible: false, gone: true });
  // What refuses a request may refuse one event of it; what is overloaded or away says nothing about any.
  const divisible = status === 500 || (status >= 400 && status < 500 && ![401, 403, 404, 408, 429].includes(status));
  const retryAfterMs = retryAfterMsOf(retryAfter, now);
  throw new DeliveryFailed(`The receiver answered ${status}.`, { divisible, retryAfterMs });
}

/** Seconds or a date, as HTTP has it; an hour at most. */
function retryAfterMsOf(value: string | undefined, now: Date): number {
  if (value === undefined) return 0;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now.getTime();
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}
