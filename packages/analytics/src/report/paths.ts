import type { PathsAnswer, PathsInput } from '@tallymark/contract/reports/paths';
import { NEXT_SESSION, PATH_ROW_BYTES, pathsStatement, readPaths } from '@tallymark/prisma/stores/report-paths';
import { journeyPoint, pageTypes } from './journey-points.ts';
import { pathLevels } from './path-levels.ts';
import type { ReportDeps } from './report-deps.ts';
import type { QuestionScope } from './resolve-scope.ts';
import { answered } from './scope-answer.ts';
import { sessionPath, type Visited } from './session-path.ts';

const NARROW = 'Ask for a shorter period, for paths at a rarer page or event, or with a filter.';

type PathsQuestion = Pick<PathsInput, 'at' | 'direction' | 'of' | 'depth' | 'top'>;

/**
 * Where sessions go from a page or an event, or how they came to it. Only events within the scope are looked at: a session
 * that goes on across an end of the period is cut there.
 * @throws ReportError `too_expensive` where more facts would be read than may be.
 */
export async function askPaths(
  { reports, plan }: Pick<ReportDeps, 'reports' | 'plan'>,
  scope: QuestionScope,
  { at, direction, of, depth, top }: PathsQuestion,
): Promise<PathsAnswer> {
  const statement = pathsStatement(scope, journeyPoint(plan, at), of === 'pages' ? pageTypes(plan) : null);
  const { scope: told, ...rows } = await reports.answer('stats.paths', async (db) => {
    await db.afford(statement.sql, statement.parameters, NARROW);
    return { scope: answered(scope), ...(await readPaths(db, statement)) };
  });
  const { visited, labels, withoutSession } = rows;
  const paths: number[][] = [];
  for (const session of sessionsOf(visited ?? new Uint8Array())) paths.push(sessionPath(session, direction, depth));
  const point = 'page' in at ? at.page : at.eventType;
  const nameOf = (code: number) => labels?.[code - 1] ?? '';
  return {
    ...told,
    direction,
    of,
    sessions: paths.length,
    ...pathLevels(paths, { point, nameOf }, { depth, top }),
    eventsWithoutSession: withoutSession,
  };
}

/** Session after session. */
function* sessionsOf(visited: Uint8Array): Generator<Visited> {
  const view = new DataView(visited.buffer, visited.byteOffset, visited.byteLength);
  let at = 0;
  while (at < visited.byteLength) {
    const codes: number[] = [];
    let point = -1;
    for (at += PATH_ROW_BYTES; at < visited.byteLength; at += PATH_ROW_BYTES) {
      const packed = view.getInt32(at);
      if (packed === NEXT_SESSION) break;
      if (point < 0 && packed & 1) point = codes.length;
      codes.push(packed >> 1);
    }
    yield { codes, point };
  }
}
