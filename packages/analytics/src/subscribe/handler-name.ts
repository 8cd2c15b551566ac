import { ALL_TYPES, subscriptionName } from '@tallymark/contract/subscriptions';

/**
 * The name a handler's checkpoint is kept under: its own, or made of the function's name and the types.
 * @throws Error for a handler without any, because a restart could not find its checkpoint again.
 */
export function handlerName(
  name: string | undefined,
  handlerFunction: string,
  types: readonly string[] | typeof ALL_TYPES,
): string {
  if (name === undefined && handlerFunction === '') {
    throw new Error('An anonymous handler needs a name to keep its checkpoint under: { name: "…" }.');
  }
  const listed = types === ALL_TYPES ? ALL_TYPES : [...types].sort().join(',');
  const parsed = subscriptionName.safeParse(name ?? `${handlerFunction}:${listed}`);
  if (parsed.success) return parsed.data;
  const problem = parsed.error.issues.map(({ message }) => message).join('; ');
  throw new Error(`The name of a subscription ${problem}. Give this one a name of its own: { name: "…" }.`);
}
