import { watchRequests } from './open-requests.ts';
import { server } from './server.ts';
import { shutDownOnSignal } from './shut-down.ts';

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
