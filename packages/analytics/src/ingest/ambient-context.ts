import { AsyncLocalStorage } from 'node:async_hooks';
import type { RequestContext } from '@tallymark/contract/request-context';

const ambient = new AsyncLocalStorage<RequestContext>();

/** Runs `work` with a request context that `trackEvent` finds however deep inside it is called. */
export function withRequestContext<Result>(context: RequestContext, work: () => Result): Result {
  return ambient.run(context, work);
}

/** The context of the request being worked on; empty outside of one. */
export function ambientRequestContext(): RequestContext {
  return ambient.getStore() ?? {};
}
