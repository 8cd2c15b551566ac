'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { Plus } from 'lucide-react';
import { parseAsString, useQueryState } from 'nuqs';
import { Answered } from '../../data/answered.tsx';
import type { DashboardUser } from '../../shell/user.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { RuleRow } from './rule-row.tsx';
import { RuleSheet } from './rule-sheet.tsx';
import { useAlerts, useMayChange } from './use-alerts.ts';

const COLUMNS = [
  { title: 'Name' },
  { title: 'State' },
  { title: 'On' },
  { title: 'Watches' },
  { title: 'Fires when it' },
  { title: 'Window' },
];
const NEW = 'new';

/** Every rule, and for those who may change them a way to do so. */
export function RulesTab({ user }: { user: DashboardUser }) {
  const list = useAlerts();
  const mayChange = useMayChange();
  const [open, setOpen] = useQueryState('rule', parseAsString.withOptions({ history: 'push' }));
  const edited = list.data?.alerts.find(({ id }) => id === open);
  return (
    <Card
      title="Rules"
      note={
        mayChange
          ? 'Each is checked once a minute.'
          : 'Each is checked once a minute. Editors of this site and admins may change them.'
      }
      actions={
        mayChange && (
          <Button variant="primary" onClick={() => void setOpen(NEW)}>
            <Plus aria-hidden /> New rule
          </Button>
        )
      }
    >
      <Answered question={list} loading={<Skeleton className="h-72 w-full" />}>
        {({ alerts }) => <Table alerts={alerts} mayChange={mayChange} onEdit={(id) => void setOpen(id)} />}
      </Answered>
      {mayChange && (open === NEW || edited) && (
        <RuleSheet key={open} edited={edited} admin={user.role === 'admin'} onClose={() => void setOpen(null)} />
      )}
    </Card>
  );
}

interface TableProps {
  readonly alerts: readonly Alert[];
  readonly mayChange: boolean;
  readonly onEdit: (id: string) => void;
}

function Table({ alerts, mayChange, onEdit }: TableProps) {
  if (alerts.length === 0) {
    return (
      <Empty title="No rules yet">
        {mayChange ? 'Make one to be told when a figure leaves what is usual.' : 'Nobody has made one for this site.'}
      </Empty>
    );
  }
  return (
    <DataTable label="Rules" columns={mayChange ? [...COLUMNS, { title: 'Actions', silent: true }] : COLUMNS}>
      {alerts.map((alert) => (
        <RuleRow key={alert.id} alert={alert} mayChange={mayChange} onEdit={() => onEdit(alert.id)} />
      ))}
    </DataTable>
  );
}
