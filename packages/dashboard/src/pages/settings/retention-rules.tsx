'use client';
import { Trash2 } from 'lucide-react';
import { Answered } from '../../data/answered.tsx';
import { useAction } from '../../data/use-action.ts';
import { useQuestion } from '../../data/use-question.ts';
import { writeDays } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Cell, DataTable, Row } from '../../ui/data-table.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { NewRetentionRule } from './new-retention-rule.tsx';
import { EVERY, useSiteNames } from './retention-sites.ts';

const COLUMNS = [
  { title: 'Site' },
  { title: 'Event type' },
  { title: 'Kept for', right: true },
  { title: 'Actions', silent: true },
];
const CHANGED = ['retention.rules', 'retention.plan'];

/** Rules for sites and event types; the narrowest one counts. */
export function RetentionRules() {
  const rules = useQuestion(['retention.rules'], (client, signal) =>
    client.retention.rules.query(undefined, { signal }),
  );
  const sites = useSiteNames();
  const nameOf = (id: string) => sites.find(({ value }) => value === id)?.label ?? id;
  return (
    <Card
      title="Rules"
      note="For a site or an event type that is kept for another time."
      actions={<NewRetentionRule />}
    >
      <Answered question={rules} loading={<Skeleton className="h-24 w-full" />}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No rules">Everything is kept as long as it says above.</Empty>
          ) : (
            <DataTable label="Rules" columns={COLUMNS}>
              {list.map(({ siteId, eventType, keepDays }) => (
                <Row key={`${siteId} ${eventType}`}>
                  <Cell head>{nameOf(siteId)}</Cell>
                  <Cell>{eventType === EVERY ? 'Every type' : eventType}</Cell>
                  <Cell right>{keepDays === null ? 'For ever' : writeDays(keepDays)}</Cell>
                  <Cell right>
                    <RemoveRule siteId={siteId} eventType={eventType} />
                  </Cell>
                </Row>
              ))}
            </DataTable>
          )
        }
      </Answered>
    </Card>
  );
}

function RemoveRule(rule: { siteId: string; eventType: string }) {
  const remove = useAction((client) => client.retention.removeRule.mutate(rule), CHANGED);
  return (
    <FormDialog
      trigger={
        <Button
          variant="danger"
          size="small"
          aria-label={`Remove the rule for ${rule.eventType === EVERY ? 'every type' : rule.eventType}`}
        >
          <Trash2 aria-hidden /> Remove
        </Button>
      }
      title="Remove the rule?"
      note="Events that it kept longer than others go with the next run."
      submit="Remove it"
      danger
      pending={remove.isPending}
      error={remove.error}
      onOpen={() => remove.reset()}
      onSubmit={(close) => remove.mutate(undefined, { onSuccess: close })}
    />
  );
}
