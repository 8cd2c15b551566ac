'use client';
import type { ReactNode } from 'react';

export type Fact = readonly [name: string, value: ReactNode];

/** Names and what they are; those without a value are left out. */
export function Facts({ facts, empty }: { facts: readonly Fact[]; empty: string }) {
  const known = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (known.length === 0) return <p className="text-xs text-muted-foreground">{empty}</p>;
  return (
    <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
      {known.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-xs leading-5 text-muted-foreground">{name}</dt>
          <dd className="leading-5 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The entries of an object, as they stand in it. */
export function ObjectFacts({ object, empty }: { object: Readonly<Record<string, unknown>>; empty: string }) {
  return <Facts facts={Object.entries(object).map(([name, value]) => [name, writeValue(value)])} empty={empty} />;
}

function writeValue(value: unknown): ReactNode {
  if (typeof value === 'string') return value === '' ? '(empty)' : value;
  if (typeof value === 'object' && value !== null) {
    return <pre className="overflow-x-auto font-mono text-xs">{JSON.stringify(value, null, 2)}</pre>;
  }
  return String(value);
}
