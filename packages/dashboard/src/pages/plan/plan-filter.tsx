'use client';
import { useState } from 'react';
import { Select } from '../../ui/select.tsx';
import { SHOWN, type Shown, usePlanState } from './use-plan.ts';

const NAMES: Readonly<Record<Shown, string>> = {
  all: 'All types',
  seen: 'Seen',
  unseen: 'Never seen',
  rejected: 'With rejections',
};
const OPTIONS = SHOWN.map((value) => ({ value, label: NAMES[value] }));

/** Which types the table shows. */
export function PlanFilter() {
  const [{ show, search }, setState] = usePlanState();
  const [text, setText] = useState(search);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <input
        type="search"
        aria-label="Find a type"
        placeholder="Find a type"
        className="h-8 w-44 rounded-md border bg-card px-3 text-sm"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          void setState({ search: target.value || null }, { history: 'replace' });
        }}
      />
      <Select
        label="Which types"
        value={show}
        options={OPTIONS}
        onChange={(picked) => void setState({ show: picked })}
      />
    </div>
  );
}
