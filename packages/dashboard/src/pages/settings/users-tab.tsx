'use client';
import type { SiteMember, SiteRole } from '@tallymark/contract/reports/members';
import { Plus, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { Answered } from '../../data/answered.tsx';
import { useAction } from '../../data/use-action.ts';
import { useQuestion } from '../../data/use-question.ts';
import { useSite } from '../../data/use-site.ts';
import { writeMoment } from '../../format/times.ts';
import { ActionError } from '../../ui/action-error.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Cell, DataTable, Row } from '../../ui/data-table.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Select } from '../../ui/select.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Empty } from '../../ui/states.tsx';
import { TextField } from './fields.tsx';

const ROLES = [
  { value: 'viewer', label: 'Viewer: sees reports' },
  { value: 'editor', label: 'Editor: also segments and alert rules' },
] as const satisfies readonly { value: SiteRole; label: string }[];

const COLUMNS = [{ title: 'User' }, { title: 'Role' }, { title: 'Since' }, { title: 'Actions', silent: true }];
const CHANGED = ['members.list', 'members.mine'];

/** Who sees the reports of the site that the top of the page names. */
export function UsersTab() {
  const site = useSite();
  const siteId = site?.siteId ?? '';
  const list = useQuestion(
    ['members.list', siteId],
    (client, signal) => client.members.list.query({ siteId }, { signal }),
    { enabled: siteId !== '' },
  );
  return (
    <Card
      title={site ? `Members of ${site.name}` : 'Members'}
      note="Admins of the product may do everything on every site; they are not listed. Users are those of the product, by their id."
      actions={site && <AddMember siteId={siteId} siteName={site.name} />}
    >
      <Answered question={list} loading={<Skeleton className="h-40 w-full" />}>
        {({ members }) =>
          members.length === 0 ? (
            <Empty title="Nobody but admins">Add a user who should see the reports of this site.</Empty>
          ) : (
            <DataTable label="Members" columns={COLUMNS}>
              {members.map((member) => (
                <MemberRow key={member.userId} siteId={siteId} member={member} />
              ))}
            </DataTable>
          )
        }
      </Answered>
    </Card>
  );
}

function MemberRow({ siteId, member: { userId, role, addedAt } }: { siteId: string; member: SiteMember }) {
  const change = useAction(
    (client, next: SiteRole) => client.members.change.mutate({ siteId, userId, role: next }),
    CHANGED,
  );
  const remove = useAction((client) => client.members.remove.mutate({ siteId, userId }), CHANGED);
  return (
    <Row>
      <Cell head>{userId}</Cell>
      <Cell>
        <Select
          label={`Role of ${userId}`}
          value={role}
          options={ROLES}
          onChange={(next) => next !== role && change.mutate(next)}
        />
        <ActionError error={change.error} />
      </Cell>
      <Cell>{writeMoment(addedAt)}</Cell>
      <Cell right>
        <FormDialog
          trigger={
            <Button variant="danger" size="small" aria-label={`Remove ${userId}`}>
              <UserMinus aria-hidden /> Remove
            </Button>
          }
          title={`Remove ${userId}?`}
          note="They see nothing of this site from then on. What they saved stays."
          submit="Remove them"
          danger
          pending={remove.isPending}
          error={remove.error}
          onOpen={() => remove.reset()}
          onSubmit={(close) => remove.mutate(undefined, { onSuccess: close })}
        />
      </Cell>
    </Row>
  );
}

function AddMember({ siteId, siteName }: { siteId: string; siteName: string }) {
  const [userId, setUserId] = useState('');
  const [role, setRole] = useState<SiteRole>('viewer');
  const add = useAction(
    (client, input: { userId: string; role: SiteRole }) => client.members.add.mutate({ siteId, ...input }),
    CHANGED,
  );
  return (
    <FormDialog
      trigger={
        <Button variant="primary">
          <Plus aria-hidden /> Add a member
        </Button>
      }
      title={`Add a member of ${siteName}`}
      submit="Add them"
      pending={add.isPending}
      error={add.error}
      onOpen={() => {
        setUserId('');
        add.reset();
      }}
      onSubmit={(close) => add.mutate({ userId: userId.trim(), role }, { onSuccess: close })}
    >
      <TextField
        label="User id"
        hint="Users see theirs under their name, at the foot of the navigation."
        required
        maxLength={200}
        value={userId}
        onChange={({ target }) => setUserId(target.value)}
      />
      <div>
        <Select label="Role" value={role} options={ROLES} onChange={setRole} />
      </div>
    </FormDialog>
  );
}
