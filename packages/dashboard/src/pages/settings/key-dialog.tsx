'use client';
import type { SiteKey } from '@tallymark/contract/site-keys';
import { Pencil, Plus } from 'lucide-react';
import { useState } from 'react';
import { useAction } from '../../data/use-action.ts';
import { Button } from '../../ui/button.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { LinesField, linesOf, TextField } from './fields.tsx';

/** Makes a key of the site, or changes the one that is given. */
export function KeyDialog({ siteId, edited }: { siteId: string; edited?: SiteKey }) {
  const [name, setName] = useState('');
  const [origins, setOrigins] = useState('');
  const save = useAction(
    async (client, input: { name: string; origins: string[] }) => {
      if (!edited) return void (await client.sites.createKey.mutate({ siteId, ...input }));
      const { key } = edited;
      if (input.origins.join() !== edited.origins.join())
        await client.sites.setOrigins.mutate({ key, origins: input.origins });
      if (input.name !== edited.name) await client.sites.renameKey.mutate({ key, name: input.name });
    },
    ['sites.keys', 'sites.list'],
  );
  return (
    <FormDialog
      trigger={
        edited ? (
          <Button size="small" aria-label={`Edit the key ${edited.name}`}>
            <Pencil aria-hidden /> Edit
          </Button>
        ) : (
          <Button variant="primary">
            <Plus aria-hidden /> New key
          </Button>
        )
      }
      title={edited ? `Edit the key ${edited.name}` : 'New key'}
      note={edited && 'Servers know of the change within a minute.'}
      submit={edited ? 'Save' : 'Create the key'}
      pending={save.isPending}
      error={save.error}
      onOpen={() => {
        setName(edited?.name ?? '');
        setOrigins(edited?.origins.join('\n') ?? '');
        save.reset();
      }}
      onSubmit={(close) => save.mutate({ name: name.trim(), origins: linesOf(origins) }, { onSuccess: close })}
    >
      <TextField
        label="Name"
        hint="For yourself, such as Website or Checkout."
        required
        maxLength={100}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <LinesField
        label="Allowed origins"
        hint="One in a line: https://shop.example, or https://*.shop.example for its subdomains. None: pages of any origin may send."
        value={origins}
        onChange={({ target }) => setOrigins(target.value)}
      />
    </FormDialog>
  );
}
