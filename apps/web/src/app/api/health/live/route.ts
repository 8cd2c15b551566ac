/** The process answers. Asks no store: an orchestrator must not restart the web because Postgres is away. */
export function GET(): Response {
  return Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
}
