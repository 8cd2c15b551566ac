import { clientAddress } from '@tallymark/analytics/http/request-context';
import { peerAddressOf } from '@tallymark/next/peer-address';

/** The client's address, as far as the configured proxies can be believed. Set for the auth library alone. */
export const CLIENT_ADDRESS_HEADER = 'x-tallymark-client-address';

/** The same request, naming the client's address under CLIENT_ADDRESS_HEADER and nowhere else. */
export function withClientAddress(request: Request, trustedProxyHops: number): Request {
  const headers = new Headers(request.headers);
  const address = clientAddress(headers.get('x-forwarded-for'), trustedProxyHops, peerAddressOf(headers));
  if (address) headers.set(CLIENT_ADDRESS_HEADER, address);
  else headers.delete(CLIENT_ADDRESS_HEADER);
  return new Request(request, { headers });
}
