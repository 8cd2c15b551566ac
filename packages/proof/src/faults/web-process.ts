import { serveEvents } from './web-server.ts';

await serveEvents();
