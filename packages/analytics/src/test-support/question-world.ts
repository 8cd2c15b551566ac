import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnyRouter } from '@trpc/server';
import { serveNode } from '../http/node-adapter.ts';
import { handleQuestions } from '../http/questions-endpoint.ts';
import { requestContextFrom } from '../http/request-context.ts';
import { LOG } from './ingestion-world.ts';

export const MOUNT = '/api/reports';
export const SESSION_COOKIE = 'tallymark.session_token';

export interface QuestionWorld extends AsyncDisposable {
  /** Of the mount. */
  readonly url: string;
  /** Signs in whoever calls from then on; null signs out. */
  signIn(session: { readonly userId: string; readonly role: string } | null): void;
  ask(question: string, init?: RequestInit): Promise<Response>;
  /** Requests that are being worked on. */
  open(): number;
}

/** A server whose questions are those of a router; `operations` is what the procedures find in their context. */
export async function openQuestions(router: AnyRouter, operations: object = {}): Promise<QuestionWorld> {
  let session: { readonly userId: string; readonly role: string } | null = null;
  let open = 0;
  const deps = {
    router,
    mount: MOUNT,
    sessionCookie: SESSION_COOKIE,
    log: LOG,
    requestContext: async ({ headers }: Request) => requestContextFrom({ headers, session, trustedProxyHops: 0 }),
    createContext: (requestContext: object) => ({ requestContext, operations }),
  };
  const server = createServer((incoming, outgoing) => {
    open += 1;
    const served = serveNode((request) => handleQuestions(deps, request), incoming, outgoing);
    // What fails behind the first byte is the connection's to tell.
    void served.catch(() => {}).finally(() => (open -= 1));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${MOUNT}`;
  return {
    url,
    signIn: (as) => {
      session = as;
    },
    ask: (question, init) => fetch(`${url}/${question}`, init),
    open: () => open,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
