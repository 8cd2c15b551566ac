/** A login is an address and a password. */
const MOST_BYTES = 16_384;

/**
 * The request with its body read, null where that is larger than any login: the auth library reads whatever there is, and
 * anybody may send it.
 */
export async function boundedRequest(request: Request, mostBytes = MOST_BYTES): Promise<Request | null> {
  if (Number(request.headers.get('content-length') ?? 0) > mostBytes) return null;
  if (!request.body) return request;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > mostBytes) {
      await reader.cancel().catch(() => {});
      return null;
    }
    chunks.push(part.value);
  }
  const { url, method, headers } = request;
  return new Request(url, { method, headers, body: Buffer.concat(chunks) });
}
