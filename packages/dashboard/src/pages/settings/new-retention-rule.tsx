'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../data/use-action.ts';
import { useQuestion } from '../../data/use-question.ts';
import { writeNumber } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { TextField } from './fields.tsx';
import { EVERY, useSiteNames } from './retention-sites.ts';

const LONGEST_DAYS = 36_500;
const CHANGED = ['retention.rules', 'retention.plan'];

interface Rule {
  readonly siteId: string;
  readonly eventType: string;
  readonly keepDays: number | null;
}

/** A rule is set once it is seen what goes by it. */
export function NewRetentionRule() {
  const sites = useSiteNames();
  const [siteId, setSiteId] = useState(EVERY);
  const [eventType, setEventType] = useState('');
  const [days, setDays] = useState('');
  const [forEver, setForEver] = useState(false);
  const keepDays = forEver ? null : Number(days);
  const complete = forEver || (Number.isInteger(keepDays) && Number(days) >= 1 && Number(days) <= LONGEST_DAYS);
  const rule: Rule | null = complete ? { siteId, eventType: eventType.trim() || EVERY, keepDays } : null;
  const save = useAction((client, input: Rule) => client.retention.setRule.mutate(input), CHANGED);
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
      pending={save.isPending || !rule}
      error={save.error}
      onOpen={() => {
        setDays('');
        setForEver(false);
        save.reset();
      }}
      onSubmit={(close) => rule && save.mutate(rule, { onSuccess: close })}
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
        type="number"
        min={1}
        max={LONGEST_DAYS}
        step={1}
        required={!forEver}
        disabled={forEver}
        value={forEver ? '' : days}
        onChange={({ target }) => setDays(target.value)}
      />
      <label className="flex items-center gap-2">
        <input type="checkbox" checked={forEver} onChange={({ target }) => setForEver(target.checked)} />
        For ever
      </label>
      <Goes rule={rule} />
    </FormDialog>
  );
}

/** What the next run would remove by the rule, beside what it removes now. */
function Goes({ rule }: { rule: Rule | null }) {
  const before = useQuestion(['retention.plan'], (client, signal) =>
    client.retention.plan.query(undefined, { signal }),
  );
  const after = useQuestion(
    ['retention.plan', rule],
    (client, signal) => client.retention.plan.query(rule ? { withRule: rule } : undefined, { signal }),
    { enabled: rule !== null },
  );
  const words = () => {
    if (!rule) return 'Say for how long, to see what goes.';
    if (after.error) return after.error.message;
    if (!after.data || !before.data || after.isPlaceholderData) return 'Counting what goes…';
    const [goes, went] = [after.data.rows, before.data.rows].map((rows) => writeNumber(rows, 'count'));
    return `With it the next run removes ${goes} events; without it, ${went}.`;
  };
  const more = (after.data?.rows ?? 0) > (before.data?.rows ?? 0);
  return (
    <p role="status" className={rule && more ? 'text-xs text-bad' : 'text-xs text-muted-foreground'}>
      {words()}
    </p>
  );
}
