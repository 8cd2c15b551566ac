'use client';
import { CircleAlert, Inbox, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';

/** Nothing to show, and what would make it more. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="flex min-h-32 flex-col items-center justify-center gap-1 p-4 text-center text-muted-foreground">
      <Inbox className="mb-1 size-5" aria-hidden />
      <p className="font-medium text-foreground">{title}</p>
      {children && <p className="max-w-prose text-xs">{children}</p>}
    </div>
  );
}

/** What went wrong, in the server's words, and a way to try again. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className="flex min-h-32 flex-col items-center justify-center gap-2 p-4 text-center">
      <CircleAlert className="size-5 text-bad" aria-hidden />
      <p className="max-w-prose text-sm">{message}</p>
      {onRetry && (
        <Button size="small" onClick={onRetry}>
          <RotateCw aria-hidden /> Try again
        </Button>
      )}
    </div>
  );
}
