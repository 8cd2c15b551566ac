import { isbot } from 'isbot';

/**
 * Whether a program sent it and no person: crawlers, feed readers, HTTP libraries, browsers without a head. It is what
 * the client says of itself; one that lies is not found here. No user agent at all, as server-side events have none, is
 * no sign of a bot.
 */
export function isBotClient(userAgent: string, browser: string | null): boolean {
  return isbot(userAgent) || browser === 'Headless Chrome';
}
