'use client';
import { useEffect, useRef } from 'react';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';

/** What the requests of a webhook are signed with: shown this once. */
export function SecretNote({ secret, onDone }: { secret: string; onDone: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="grid gap-3 p-4 sm:px-6">
      <h3 ref={heading} tabIndex={-1} className="font-medium outline-none">
        Saved. Keep the secret of its webhook now: it is shown this once.
      </h3>
      <p className="text-muted-foreground">
        Every request is signed with it, so that the receiver can tell them from those of others. If it is lost, edit
        the rule and make a new one.
      </p>
      <p className="flex flex-wrap items-center gap-2 rounded-md border bg-card p-2">
        <code className="min-w-0 font-mono text-xs break-all">{secret}</code>
        <CopyButton text={secret} label="Copy the secret" />
      </p>
      <div className="flex justify-end">
        <Button variant="primary" onClick={onDone}>
          I have kept it
        </Button>
      </div>
    </section>
  );
}
