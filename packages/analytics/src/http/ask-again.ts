import type { RequestContext } from '@tallymark/contract/request-context';

/** How a request's context was found out. */
const asked = new WeakMap<RequestContext, () => Promise<RequestContext>>();

/** For answers that go on for longer than a session may. */
export function rememberHowToAsk(context: RequestContext, ask: () => Promise<RequestContext>): void {
  asked.set(context, ask);
}

/** The context as it would be now: the session may have ended since. The context itself where nobody can say. */
export const askAgain = async (context: RequestContext): Promise<RequestContext> => asked.get(context)?.() ?? context;
