import { LIMITS } from '@tallymark/contract/limits';

/** Something about the request as a whole that no event of it survives. */
export class BadRequest extends Error {
  constructor(
    readonly status: 400 | 405 | 413 | 415,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The body as text, decided on size before anything is parsed, with or without a Content-Length.
 *
 * @throws BadRequest 413 over the cap, 415 when compressed or not JSON, 400 for invalid UTF-8, emptiness or nesting that
 *   no event needs.
 */
export async function readJsonBody(request: Request): Promise<string> {
  if (request.headers.has('content-encoding') && request.headers.get('content-encoding') !== 'identity') {
    throw new BadRequest(415, 'Send the body uncompressed.');
  }
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'text/plain')
    throw new BadRequest(415, 'Send the body as application/json.');
  if (Number(request.headers.get('content-length') ?? 0) > LIMITS.bodyBytes) throw tooLarge();
  const text = decode(await readCapped(request.body));
  if (text.trim() === '') throw new BadRequest(400, 'The body is empty.');
  if (nestingOf(text) > LIMITS.bodyDepth) throw new BadRequest(400, 'The body is nested too deeply.');
  return text;
}

const tooLarge = () =>
  new BadRequest(413, `The body is larger than ${LIMITS.bodyBytes} bytes; send fewer events at a time.`);

async function readCapped(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (body) {
    try {
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
        size += chunk.byteLength;
        if (size > LIMITS.bodyBytes) throw tooLarge();
        chunks.push(chunk);
      }
    } catch (error) {
      if (error instanceof BadRequest) throw error;
      throw new BadRequest(400, 'The body broke off.');
    }
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new BadRequest(400, 'The body is not valid UTF-8.');
  }
}

/** Deepest nesting of a JSON text, found without recursion. Brackets inside strings do not count. */
export function nestingOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < json.length; i += 1) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) i = endOfString(json, i);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
  }
  return deepest;
}

/** Place of the quote that ends the string begun at `start`; the text's length where none does. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
