import type { RedisClient } from './connect.ts';

/** What a weaker Redis setting puts at risk, in words; empty when an acknowledged event survives a kill of Redis. */
export async function durabilityWarnings(redis: RedisClient): Promise<string[]> {
  let settings: Map<string, string>;
  try {
    const flat = (await redis.config('GET', 'append*', 'maxmemory-policy')) as string[];
    settings = new Map(flat.flatMap((value, i) => (i % 2 === 0 ? [[value, flat[i + 1] ?? ''] as const] : [])));
  } catch {
    return [
      'Redis does not tell its settings, so it is not known whether an acknowledged event survives a crash of Redis.',
    ];
  }
  const warnings: string[] = [];
  if (settings.get('appendonly') !== 'yes') {
    warnings.push(
      'Redis runs without `appendonly yes`: when it stops, every acknowledged event in the buffer is lost.',
    );
  } else if (settings.get('appendfsync') !== 'always') {
    warnings.push(
      `Redis runs with \`appendfsync ${settings.get('appendfsync')}\`: a crash loses acknowledged events of the last second or more.`,
    );
  }
  if (settings.get('maxmemory-policy') !== 'noeviction') {
    warnings.push(
      `Redis runs with \`maxmemory-policy ${settings.get('maxmemory-policy')}\`: short of memory it may throw away buffered events and keys.`,
    );
  }
  return warnings;
}
