import type { RequestContext } from '@tallymark/contract/request-context';
import type { AnyRouter, inferRouterContext } from '@trpc/server';
import type { Logger } from 'pino';
import { withRequestContext } from '../ingest/ambient-context.ts';
import { downloadOf } from './download.ts';
import { formatOf } from './download-format.ts';
import { takeDownloadOptions } from './download-options.ts';
import { type Question, questionsOf } from './question-catalogue.ts';
import { indexOf } from './question-index.ts';
import { readInput } from './question-input.ts';
import { openApiOf } from './question-openapi.ts';
import { badRequest, RequestRefused, refusalOf } from './question-refusal.ts';
import { CORRELATION_HEADER } from './request-context.ts';

export interface QuestionsEndpoint<Router extends AnyRouter> {
  readonly router: Router;
  /** Path it is mounted at, such as `/api/reports`. */
  readonly mount: string;
  /** Name of the cookie that callers are signed in by, for the documentation. */
  readonly sessionCookie: string;
  readonly log: Logger;
  readonly requestContext: (request: Request) => Promise<RequestContext>;
  readonly createContext: (requestContext: RequestContext) => inferRouterContext<Router>;
}

/** Answers are of the caller's sites alone, and no page of another origin may take them for a script. */
const HEADERS = { 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff', vary: 'accept, cookie' };

/**
 * `GET <mount>/<router>.<procedure>`: every query that has `meta.question`, as plain JSON, CSV or NDJSON. `<mount>` lists
 * them, `<mount>/openapi.json` describes them. Roles and limits are those of the procedures. An error is
 * `{ "error": { "code", "message" } }` with the status of its kind.
 */
export async function handleQuestions<Router extends AnyRouter>(
  deps: QuestionsEndpoint<Router>,
  request: Request,
): Promise<Response> {
  let correlation = '';
  try {
    const context = await deps.requestContext(request);
    correlation = context.correlationId ?? '';
    const answer = await withRequestContext(context, () => respond(deps, request, context));
    return finished(answer, request.method, correlation);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) deps.log.error({ err: error, correlationId: correlation }, 'question failed');
    const { status, code, message, headers } = refusal ?? {
      status: 500,
      code: 'internal_server_error',
      message: 'Something went wrong on the server; the log has it.',
      headers: {},
    };
    const body = { error: { code, message } };
    return finished(Response.json(body, { status, headers: { ...headers } }), request.method, correlation);
  }
}

async function respond<Router extends AnyRouter>(
  deps: QuestionsEndpoint<Router>,
  request: Request,
  context: RequestContext,
): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    throw new RequestRefused(405, 'method_not_supported', 'Ask with GET.', { allow: 'GET, HEAD' });
  }
  const { pathname, searchParams } = new URL(request.url);
  const name = pathname.slice(deps.mount.length + 1);
  const questions = questionsOf(deps.router);
  if (name === '') return indexOf(questions, deps.mount, request.headers.get('accept'));
  if (name === 'openapi.json') return Response.json(openApiOf(questions, deps));
  const question = questions.get(name);
  if (!question) {
    throw new RequestRefused(404, 'not_found', `There is no such question; ${deps.mount} lists those there are.`);
  }
  return answerTo(deps, question, searchParams, { request, context });
}

async function answerTo<Router extends AnyRouter>(
  { router, createContext, log }: QuestionsEndpoint<Router>,
  question: Question,
  parameters: URLSearchParams,
  { request, context }: { readonly request: Request; readonly context: RequestContext },
): Promise<Response> {
  const { signal, headers } = request;
  const [asked = null, ...more] = parameters.getAll('format');
  if (more.length > 0) throw badRequest('"format" is given more than once.');
  const format = formatOf(asked, headers.get('accept'));
  parameters.delete('format');
  const procedures = router.createCaller(createContext(context), { signal });
  // A caller takes names with dots, which its type has no word for.
  const ask = (procedures as Readonly<Record<string, (input: unknown) => Promise<unknown>>>)[question.name];
  if (!ask) throw new Error(`The caller has no ${question.name}.`);
  if (format === 'json') return Response.json((await ask(readInput(question, parameters))) ?? null);
  const options = takeDownloadOptions(question, parameters);
  const input = readInput(question, parameters);
  const { correlationId } = context;
  const onBroken = (error: unknown) => log.error({ err: error, correlationId }, 'download broke off');
  return downloadOf({ question, format, options, input, ask, onBroken });
}

/** With the headers that every response has; without the body where only they were asked for. */
async function finished(response: Response, method: string, correlation: string): Promise<Response> {
  for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
  response.headers.set(CORRELATION_HEADER, correlation);
  if (method !== 'HEAD') return response;
  await response.body?.cancel();
  return new Response(null, response);
}
