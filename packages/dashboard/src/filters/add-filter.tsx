'use client';
import { ListFilter } from 'lucide-react';
import { useState } from 'react';
import { useScope } from '../state/use-scope.ts';
import { Button } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { ConditionForm } from './condition-form.tsx';

/** Adds a condition that the whole dashboard is filtered by. */
export function AddFilter() {
  const { addFilter } = useScope();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label="Add a filter"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button>
          <ListFilter aria-hidden /> Filter
        </Button>
      }
    >
      <ConditionForm
        onAdd={(condition) => {
          void addFilter(condition);
          setOpen(false);
        }}
      />
    </Popover>
  );
}
