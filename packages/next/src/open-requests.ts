import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { PEER_HEADER, peerSeal } from './peer-address.ts';

/** What Node publishes on `http.server.request.start`, before anybody handles the request. */
interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
}

const servers = new Set<Server>();
const answering = new Set<ServerResponse>();
let stopping = false;

/**
 * Sees every request first. `next start` hands neither its HTTP server nor a connection's peer to anybody, and the two
 * are needed: the server to close it, the peer because it is the only address a client cannot make up.
 */
export function watchRequests(): void {
  subscribe('http.server.request.start', (message) => {
    const { request, response, server } = message as RequestStart;
    servers.add(server);
    answering.add(response);
    nameThePeer(request);
    // A connection that was busy when the server closed would otherwise linger for its keep-alive time.
    response.once('close', () => {
      answering.delete(response);
      if (stopping) setImmediate(() => server.closeIdleConnections());
    });
  });
}

/**
 * Written over whatever the client sent under this name. Only a header of our own stays: Next fetches the page behind a
 * server action's redirect from itself, with the headers of the visitor.
 */
function nameThePeer({ headers, socket }: IncomingMessage): void {
  if (String(headers[PEER_HEADER]).endsWith(peerSeal())) return;
  headers[PEER_HEADER] = `${socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''}${peerSeal()}`;
}

/** Resolves when no connection is left. Event streams are broken off: they never end, and their readers connect again. */
export async function stopTakingRequests(): Promise<void> {
  stopping = true;
  for (const response of answering) if (isEventStream(response)) response.destroy();
  await Promise.all([...servers].map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
}

const isEventStream = (response: ServerResponse) =>
  String(response.getHeader('content-type')).startsWith('text/event-stream');
