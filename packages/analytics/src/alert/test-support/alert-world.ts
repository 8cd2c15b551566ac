import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AlertNotification, alertNotification, type NewAlert, newAlert } from '@tallymark/contract/alerts';
import { demoPlan } from '@tallymark/contract/demo-plan';
import { DEFAULT_SITE_ID } from '@tallymark/contract/settings';
import type { EventIngestionService } from '../../ingest/service.ts';
import { createTallymarkRouter } from '../../routers/tallymark.ts';
import { LOG, NOW } from '../../test-support/ingestion-world.ts';
import { openReportWorld, type ReportWorld } from '../../test-support/report-world.ts';
import { type Ask, createAsk } from '../ask-question.ts';
import { AlertEvaluator, type AlertEvaluatorDeps, type AlertRound } from '../evaluator.ts';
import { AlertService } from '../service.ts';

const MINUTE_MS = 60_000;
export const ADMIN = { userId: 'root', role: 'admin' } as const;
/** Retries that are due a moment later. */
export const SOON = { maxAttempts: 3, baseMs: 1, longestMs: 1 };

export interface AlertWorld extends ReportWorld {
  readonly ingestion: EventIngestionService<typeof demoPlan>;
  readonly ask: Ask;
  readonly alerts: AlertService;
  /** One more process that evaluates. */
  evaluator(options?: Partial<AlertEvaluatorDeps>): AlertEvaluator;
  /** One round of a process. */
  round(options?: Partial<AlertEvaluatorDeps>): Promise<AlertRound | null>;
  /** Moves the clock to so many minutes behind `NOW`. */
  at(minutes: number): void;
  /** Saves a rule of the default site; answers its id and secret. */
  save(rule: Partial<NewAlert>): Promise<{ id: string; secret: string | null }>;
  /** What happened to a rule, oldest first. */
  history(alertId?: string): Promise<{ what: string; message: string; value: number | null }[]>;
}

export const signal = new AbortController().signal;

/** A rule that is met while somebody looks at a page. */
export const PAGE_VIEWS = {
  source: { kind: 'question', question: 'stats.overview', input: {}, pointer: '/pageViews' },
  condition: { kind: 'above', than: 0 },
} as const satisfies Partial<NewAlert>;

/** A world whose rules are evaluated by hand. The ready-made ones are off unless asked for. */
export async function openAlertWorld({ readyMade = false } = {}): Promise<AlertWorld> {
  const world = await openReportWorld();
  const { prisma, clock, deps } = world;
  const ingestion = await world.service({ shards: 1 });
  const now = () => clock.now;
  const ask = createAsk({
    router: createTallymarkRouter(demoPlan),
    createContext: (requestContext) => ({
      requestContext,
      eventIngestion: ingestion,
      operations: { reports: { ...deps, defaultSiteId: DEFAULT_SITE_ID } },
    }),
  });
  const alerts = new AlertService({ prisma, ask, now, allowPrivateNetworks: true });
  const evaluator: AlertWorld['evaluator'] = (options) =>
    new AlertEvaluator({
      ...{ prisma, ask, now, eventIngestion: ingestion, allowPrivateNetworks: true, retries: SOON, lookAgainMs: 20 },
      ...options,
    });
  if (!readyMade) await prisma.alertRule.updateMany({ data: { enabled: false } });
  return {
    ...world,
    ingestion,
    ask,
    alerts,
    evaluator,
    round: (options) => evaluator(options).evaluateAll({ log: LOG, signal }),
    at: (minutes) => {
      clock.now = new Date(NOW.getTime() + minutes * MINUTE_MS);
    },
    save: async (rule) => {
      const input = newAlert.parse({ name: 'Rule', ...PAGE_VIEWS, ...rule });
      const saved = await alerts.save(input, DEFAULT_SITE_ID, ADMIN);
      return { id: saved.alert.id, secret: saved.webhookSecret };
    },
    history: async (alertId) => {
      const events = await prisma.alertEvent.findMany({
        where: { ...(alertId && { alertId }) },
        orderBy: { id: 'asc' },
      });
      return events.map(({ what, message, value }) => ({ what, message, value }));
    },
  };
}

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly sent: AlertNotification;
}

export interface AlertReceiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** How the next requests are answered. */
  answer: (response: ServerResponse) => void;
}

/** A real HTTP server that takes notifications; 204 unless a test says otherwise. */
export async function openAlertReceiver(): Promise<AlertReceiver> {
  const received: Received[] = [];
  const receiver = {
    received,
    answer: (response: ServerResponse): void => {
      response.writeHead(204).end();
    },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, body, sent: alertNotification.parse(JSON.parse(body)) });
      receiver.answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=1`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
