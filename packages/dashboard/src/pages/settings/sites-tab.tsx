'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Answered } from '../../data/answered.tsx';
import { useAction } from '../../data/use-action.ts';
import { useQuestion } from '../../data/use-question.ts';
import { useSiteId } from '../../state/site-context.ts';
import { useScope } from '../../state/use-scope.ts';
import { Button } from '../../ui/button.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { TextField } from './fields.tsx';
import { SiteCard } from './site-card.tsx';

/** The sites, one of them open: that of the URL, or the first. */
export function SitesTab() {
  const { setState } = useScope();
  const openId = useSiteId();
  const list = useQuestion(['sites.list'], (client, signal) => client.sites.list.query(undefined, { signal }));
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="max-w-prose text-muted-foreground">
          Events belong to one site. Browsers say which by a key, which is public and gives nobody anything to read.
        </p>
        <NewSite onMade={(site) => void setState({ site, segment: null })} />
      </div>
      <Answered question={list} loading={<Skeleton className="h-64 w-full" />}>
        {({ sites }) => {
          const open = sites.find(({ siteId }) => siteId === openId);
          return (
            <div className="grid grid-cols-1 gap-4">
              {sites.map((site) => (
                <SiteCard
                  key={site.siteId}
                  site={site}
                  open={site === open}
                  onOpen={() => void setState({ site: site.siteId, segment: null })}
                />
              ))}
            </div>
          );
        }}
      </Answered>
    </div>
  );
}

function NewSite({ onMade }: { onMade: (siteId: string) => void }) {
  const [name, setName] = useState('');
  const create = useAction(
    (client, input: { name: string }) => client.sites.create.mutate(input),
    ['sites.list', 'members.mine'],
  );
  return (
    <FormDialog
      trigger={
        <Button variant="primary">
          <Plus aria-hidden /> New site
        </Button>
      }
      title="New site"
      note="For another product or domain. Its reports are its own."
      submit="Create the site"
      pending={create.isPending}
      error={create.error}
      onOpen={() => {
        setName('');
        create.reset();
      }}
      onSubmit={(close) =>
        create.mutate(
          { name },
          {
            onSuccess: ({ siteId }) => {
              onMade(siteId);
              close();
            },
          },
        )
      }
    >
      <TextField label="Name" required maxLength={100} value={name} onChange={({ target }) => setName(target.value)} />
    </FormDialog>
  );
}
