import { entitiesAnswer, entitiesInput, entityAnswer, entityInput } from '@tallymark/contract/reports/entities';
import { askEntities } from '../report/entities.ts';
import { askEntity } from '../report/entity.ts';
import { resolveScope } from '../report/resolve-scope.ts';
import { siteProcedure } from './report-procedure.ts';

/** What happened to the host's own entities: assets, licenses, projects. */
export function entityProcedures() {
  return {
    entities: siteProcedure('viewer')
      .meta({
        question: 'Which entities of a type most happened to, such as the assets viewed or downloaded most often.',
      })
      .input(entitiesInput)
      .output(entitiesAnswer)
      .query(async ({ ctx, input }) =>
        askEntities(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),
    entity: siteProcedure('viewer')
      .meta({ question: 'What happened to one entity in a period, by event type and day by day.' })
      .input(entityInput)
      .output(entityAnswer)
      .query(async ({ ctx, input }) =>
        askEntity(ctx.reports, await resolveScope(ctx.reports, ctx.siteId, input), input),
      ),
  };
}
