import { watchRequests } from '@tallymark/next/open-requests';
import { shutDownOnSignal } from '@tallymark/next/shut-down';
import { server } from './server.ts';

/** Starts the server's parts, or ends the process: Next would go on serving errors without them. */
export async function startUp(): Promise<void> {
  try {
    const running = server();
    watchRequests();
    shutDownOnSignal(running);
    await running.start();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
