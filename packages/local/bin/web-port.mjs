import { createServer } from 'node:net';

const DEFAULT_PORT = 3000;

/**
 * The port the web server will listen on. Throws, before anything long has begun, when it cannot be had.
 * @param {string | undefined} setting
 * @returns {Promise<number>}
 */
export async function claimWebPort(setting) {
  const port = setting ? Number(setting) : DEFAULT_PORT;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(`PORT is "${setting}", which is no port number. Try: PORT=3001 npm start`);
  }
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      const reason = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`;
      const other = port < 1024 || port === 65_535 ? 3001 : port + 1;
      reject(new Error(`Port ${port} ${reason}. Choose another: PORT=${other} npm start`));
    });
    // Without an address, as the web server does it: on all of them.
    server.listen(port, () => server.close(resolve));
  });
  return port;
}
