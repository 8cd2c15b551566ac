'use client';
import type { PlanTypesAnswer } from '@tallymark/contract/reports/plan';
import { TilesLoading } from '../../charts/tiles.tsx';
import { Answered } from '../../data/answered.tsx';
import { Card } from '../../ui/card.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { PlanFilter } from './plan-filter.tsx';
import { PlanTable } from './plan-table.tsx';
import { PlanTiles } from './plan-tiles.tsx';
import { StrayTypes } from './stray-types.tsx';
import { TypeDetail } from './type-detail.tsx';
import { usePlanState, usePlanTypes } from './use-plan.ts';

/** What the tracking plan says, beside what the code sends. */
export function Plan() {
  const types = usePlanTypes();
  const [{ type }] = usePlanState();
  return (
    <Answered question={types} loading={<Loading />}>
      {(answer) => {
        const open = answer.types.find(({ eventType }) => eventType === type);
        return open ? <TypeDetail type={open} from={answer.from} /> : <AllTypes answer={answer} />;
      }}
    </Answered>
  );
}

function AllTypes({ answer }: { answer: PlanTypesAnswer }) {
  return (
    <div className="grid grid-cols-1 gap-4">
      <PlanTiles answer={answer} />
      {!answer.rejectionsKnown && (
        <p role="alert" className="text-sm text-warn">
          Rejections by type are not known while Redis is away; the ledger of the pipeline has their sum.
        </p>
      )}
      <StrayTypes answer={answer} />
      <Card
        title="Event types"
        note="Of the last 30 UTC days, of people and bots. Rejections are those of all sites."
        actions={<PlanFilter />}
      >
        <PlanTable types={answer.types} now={Date.parse(answer.to)} />
      </Card>
    </div>
  );
}

function Loading() {
  return (
    <div className="grid grid-cols-1 gap-4">
      <TilesLoading count={4} />
      <Skeleton className="h-[40rem] w-full" />
    </div>
  );
}
