import { parseArgs } from 'node:util';
import { z } from 'zod';

export interface TrafficOptions {
  readonly baseUrl: string;
  /** How many people come in all. */
  readonly visitors: number;
  readonly minutes: number;
}

const DEFAULTS = { url: 'http://127.0.0.1:3000', visitors: '60', minutes: '5' };
const HERE: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

export const USAGE = `pnpm demo:traffic [--visitors N] [--minutes M] [--url ADDRESS] [--not-here]

  --visitors N   people who come, ${DEFAULTS.visitors} unless said
  --minutes M    how long they take, ${DEFAULTS.minutes} unless said
  --url ADDRESS  the running product, ${DEFAULTS.url} unless said
  --not-here     lets ADDRESS be another machine than this one`;

const values = z.object({
  visitors: z.coerce.number().int().min(1).max(10_000, '--visitors is a whole number from 1 to 10000'),
  minutes: z.coerce.number().positive().max(1_440, '--minutes is a number up to 1440, a day'),
  url: z.url({ protocol: /^https?$/, error: '--url is an address such as http://127.0.0.1:3000' }),
});

/** @throws Error that says what is wrong with the arguments. */
export function parseTraffic(args: readonly string[]): TrafficOptions {
  const { values: given } = parseArgs({
    // pnpm and npm hand over the `--` that may stand before arguments.
    args: args.filter((arg) => arg !== '--'),
    options: {
      visitors: { type: 'string', default: DEFAULTS.visitors },
      minutes: { type: 'string', default: DEFAULTS.minutes },
      url: { type: 'string', default: DEFAULTS.url },
      'not-here': { type: 'boolean', default: false },
    },
  });
  const parsed = values.safeParse(given);
  if (!parsed.success) throw new Error(parsed.error.issues.map(({ message }) => message).join('\n'));
  const { origin, hostname } = new URL(parsed.data.url);
  if (!HERE.includes(hostname) && !given['not-here']) {
    throw new Error(
      `${hostname} is another machine: made-up visitors would count among its real ones. Say --not-here if you mean it.`,
    );
  }
  return { baseUrl: origin, visitors: parsed.data.visitors, minutes: parsed.data.minutes };
}
