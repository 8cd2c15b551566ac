'use client';
import { Check, ChevronDown } from 'lucide-react';
import { Select as Parts } from 'radix-ui';
import type { ReactNode } from 'react';

interface SelectProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: ReactNode }[];
  readonly onChange: (value: Value) => void;
}

export function Select<Value extends string>({ label, value, options, onChange }: SelectProps<Value>) {
  return (
    <Parts.Root value={value} onValueChange={(next) => onChange(next as Value)}>
      <Parts.Trigger
        aria-label={label}
        className="inline-flex h-8 items-center justify-between gap-2 rounded-md border bg-card px-3 text-sm hover:bg-muted"
      >
        <Parts.Value />
        <ChevronDown className="size-4 text-muted-foreground" aria-hidden />
      </Parts.Trigger>
      <Parts.Content
        position="popper"
        sideOffset={4}
        className="z-50 max-h-80 min-w-(--radix-select-trigger-width) overflow-auto rounded-md border bg-card p-1 shadow-lg"
      >
        <Parts.Viewport>
          {options.map((option) => (
            <Parts.Item
              key={option.value}
              value={option.value}
              className="flex h-8 cursor-default items-center gap-2 rounded-sm pr-3 pl-2 text-sm outline-none data-highlighted:bg-muted"
            >
              <span className="inline-flex size-4">
                <Parts.ItemIndicator>
                  <Check className="size-4" aria-hidden />
                </Parts.ItemIndicator>
              </span>
              <Parts.ItemText>{option.label}</Parts.ItemText>
            </Parts.Item>
          ))}
        </Parts.Viewport>
      </Parts.Content>
    </Parts.Root>
  );
}
