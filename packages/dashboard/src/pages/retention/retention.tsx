'use client';
import { RetentionControls } from './retention-controls.tsx';
import { RetentionResult } from './retention-result.tsx';
import { useRetention } from './use-retention.ts';

export function Retention() {
  const { asked, setAsked } = useRetention();
  return (
    <div className="grid grid-cols-1 gap-4">
      <RetentionControls asked={asked} onChange={setAsked} />
      <RetentionResult asked={asked} />
    </div>
  );
}
