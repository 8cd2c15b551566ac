import { type AddressInfo, createServer } from 'node:net';

/** A port nobody listens on right now. Somebody may take it before its user does, so callers try again with another. */
export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

const ATTEMPTS = 5;

/** Runs `start` on the wanted port, or for port 0 on a free one, and on another when that was taken meanwhile. */
export async function onPort<T>(wanted: number, start: (port: number) => Promise<T>): Promise<T> {
  if (wanted !== 0) return start(wanted);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === ATTEMPTS) throw error;
    }
  }
}

export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
}
