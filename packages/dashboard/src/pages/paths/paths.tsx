'use client';
import { Empty } from '../../ui/states.tsx';
import { PathsControls } from './paths-controls.tsx';
import { PathsResult } from './paths-result.tsx';
import { usePaths } from './use-paths.ts';

export function Paths() {
  const paths = usePaths();
  return (
    <div className="grid grid-cols-1 gap-4">
      <PathsControls paths={paths} />
      {paths.at ? (
        <PathsResult {...paths} at={paths.at} />
      ) : (
        <div className="min-h-[30rem] rounded-lg border bg-card">
          <Empty title="Choose a page or an event">Paths then show what comes before or after it.</Empty>
        </div>
      )}
    </div>
  );
}
