/** Next calls this once, before the first request. */
export async function register(): Promise<void> {
  // A constant of the bundle: this file is also compiled for the edge runtime, which has neither sockets nor signals.
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { startUp } = await import('./start-up.ts');
  await startUp();
}
