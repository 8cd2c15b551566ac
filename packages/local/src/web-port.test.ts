import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { claimWebPort } from '../bin/web-port.mjs';

test('a port in use is named, together with how to choose another', async () => {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await expect(claimWebPort(String(port))).rejects.toThrow(
    new RegExp(`^Port ${port} is in use. Choose another: PORT=\\d+ npm start$`),
  );
  server.close();
  await once(server, 'close');
  expect(await claimWebPort(String(port))).toBe(port);
});

test.each(['0', '70000', 'web'])('PORT=%s is refused', async (setting) => {
  await expect(claimWebPort(setting)).rejects.toThrow(`PORT is "${setting}"`);
});
