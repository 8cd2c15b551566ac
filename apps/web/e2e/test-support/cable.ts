import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Cable extends AsyncDisposable {
  readonly baseUrl: string;
  /** Breaks all connections off, and lets none through until it is mended. */
  cut(): void;
  mend(): void;
}

/** Another way to a server of this machine, which can be cut. */
export async function openCable(target: string): Promise<Cable> {
  const port = Number(new URL(target).port);
  const sockets = new Set<Socket>();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) {
      near.destroy();
      return;
    }
    const far = connect(port, 'localhost');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      // A broken connection is what this is for.
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const breakOff = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    baseUrl: `http://localhost:${(server.address() as AddressInfo).port}`,
    cut: () => {
      whole = false;
      breakOff();
    },
    mend: () => {
      whole = true;
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      breakOff();
      await once(server, 'close');
    },
  };
}
