import type { AlertSource } from '@tallymark/contract/alerts';
import type { RequestContext } from '@tallymark/contract/request-context';
import { type AnyRouter, type inferRouterContext, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { questionsOf } from '../http/question-catalogue.ts';
import { AlertProblem } from './alert-problem.ts';

export type QuestionSource = Extract<AlertSource, { kind: 'question' }>;

export interface Asked {
  readonly source: QuestionSource;
  readonly siteId: string;
  readonly from: Date;
  readonly to: Date;
  /** Who asks: limits and roles are theirs. */
  readonly session: RequestContext['session'];
  readonly signal?: AbortSignal | undefined;
}

/** Answers a question of the reports' API. @throws AlertProblem that says why it is not answered. */
export type Ask = (asked: Asked) => Promise<unknown>;

export interface AskDeps<Router extends AnyRouter> {
  readonly router: Router;
  readonly createContext: (requestContext: RequestContext) => inferRouterContext<Router>;
}

/** What a rule itself says of whose events, and when. */
const OWN = ['siteId', 'from', 'to'] as const;

/** Asks a router as a GET of the reports' API does, with the site and the period of the rule. */
export function createAsk<Router extends AnyRouter>({ router, createContext }: AskDeps<Router>): Ask {
  return async ({ source: { question: name, input }, siteId, from, to, session, signal }) => {
    const question = questionsOf(router).get(name);
    if (!question) {
      throw new AlertProblem('rule', `There is no question "${name}". GET /api/reports lists those there are.`);
    }
    // What takes no site is about the whole installation, and not for everybody who may save rules of one.
    const missing = OWN.filter((parameter) => !question.parameters.has(parameter));
    if (missing.length > 0) {
      throw new AlertProblem(
        'rule',
        `${name} takes no ${missing.join(' and no ')}: ask one about a site and a period.`,
      );
    }
    const doubled = OWN.filter((parameter) => Object.hasOwn(input, parameter));
    if (doubled.length > 0) {
      throw new AlertProblem('rule', `Leave ${doubled.join(' and ')} out of the input: the rule says it.`);
    }
    const requestContext = { session: session ?? null, siteId };
    const procedures = router.createCaller(createContext(requestContext), { signal });
    const ask = (procedures as Readonly<Record<string, (asked: unknown) => Promise<unknown>>>)[name];
    if (!ask) throw new Error(`The caller has no ${name}.`);
    try {
      return await ask({ ...input, siteId, from: from.toISOString(), to: to.toISOString() });
    } catch (error) {
      throw problemOf(name, error);
    }
  };
}

/** Refusals that the same question meets again. */
const LASTING: readonly TRPCError['code'][] = [
  'BAD_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'UNPROCESSABLE_CONTENT',
];

function problemOf(name: string, error: unknown): Error {
  if (!(error instanceof TRPCError) || error.code === 'INTERNAL_SERVER_ERROR') {
    const message = `${name} failed on the server; the log of the server says why. It is tried again each minute.`;
    return new AlertProblem('passing', message, { cause: error });
  }
  const { cause } = error;
  const words =
    cause instanceof z.core.$ZodError
      ? cause.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; ')
      : error.message;
  const kind = LASTING.includes(error.code) ? 'rule' : 'passing';
  return new AlertProblem(kind, `${name} is not answered: ${words}`, { cause: error });
}
