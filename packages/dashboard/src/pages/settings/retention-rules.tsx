'use client';
import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Answered } from '../../data/answered.tsx';
import { useAction } from '../../data/use-action.ts';
import { useQuestion } from '../../data/use-question.ts';
import { writeNumber } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Cell, DataTable, Row } from '../../ui/data-table.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { TextField } from './fields.tsx';

const COLUMNS = [
  { title: 'Site' },
  { title: 'Event type' },
  { title: 'Kept for', right: true },
  { title: 'Actions', silent: true },
];
const CHANGED = ['retention.rules', 'retention.plan'];
const EVERY = '*';

/** Rules for sites and event types; the narrowest one counts. */
export function RetentionRules() {
  const rules = useQuestion(['retention.rules'], (client, signal) =>
    client.retention.rules.query(undefined, { signal }),
  );
  const sites = useSiteNames();
  const nameOf = (id: string) => sites.find(({ value }) => value === id)?.label ?? id;
  return (
    <Card title="Rules" note="For a site or an event type that is kept for another time." actions={<NewRule />}>
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
                  <Cell right>{keepDays === null ? 'ever' : `${writeNumber(keepDays, 'count')} days`}</Cell>
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

function useSiteNames() {
  const { data } = useQuestion(['sites.list'], (client, signal) => client.sites.list.query(undefined, { signal }));
  const sites = (data?.sites ?? []).map(({ siteId, name }) => ({ value: siteId, label: name }));
  return [{ value: EVERY, label: 'Every site' }, ...sites];
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

function NewRule() {
  const sites = useSiteNames();
  const [siteId, setSiteId] = useState(EVERY);
  const [eventType, setEventType] = useState('');
  const [days, setDays] = useState('');
  const save = useAction(
    (client, input: { siteId: string; eventType: string; keepDays: number | null }) =>
      client.retention.setRule.mutate(input),
    CHANGED,
  );
  const submit = (close: () => void) =>
    save.mutate(
      { siteId, eventType: eventType.trim() || EVERY, keepDays: days === '' ? null : Number(days) },
      { onSuccess: close },
    );
  return (
    <FormDialog
      trigger={
        <Button>
          <Plus aria-hidden /> Set a rule
        </Button>
      }
      title="Set a rule"
      note="One for the same site and type is replaced. Events that are too old by it go with the next run, for good."
      submit="Set it"
      pending={save.isPending}
      error={save.error}
      onOpen={() => save.reset()}
      onSubmit={submit}
    >
      <div>
        <Select label="Site" value={siteId} options={sites} onChange={setSiteId} />
      </div>
      <TextField
        label="Event type"
        hint="As the plan names it. Left empty: every type."
        maxLength={100}
        value={eventType}
        onChange={({ target }) => setEventType(target.value)}
      />
      <TextField
        label="Days it is kept"
        hint="Left empty: for ever."
        type="number"
        min={1}
        step={1}
        value={days}
        onChange={({ target }) => setDays(target.value)}
      />
    </FormDialog>
  );
}
