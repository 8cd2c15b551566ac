'use client';

import { useActionState } from 'react';
import { complete } from './actions.ts';

export function CompleteForm({ projectId }: { projectId: string }) {
  const [{ problem }, submit, pending] = useActionState(complete, { problem: null });
  return (
    <form id="project-complete" className="inline-form" action={submit}>
      <input type="hidden" name="projectId" value={projectId} />
      <button className="quiet" type="submit" disabled={pending}>
        {pending ? 'Completing…' : 'Mark as completed'}
      </button>
      <p className="problem" role="alert">
        {!pending && problem}
      </p>
    </form>
  );
}
