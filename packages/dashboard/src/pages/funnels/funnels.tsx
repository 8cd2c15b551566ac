'use client';
import { Empty } from '../../ui/states.tsx';
import { FunnelBuilder } from './funnel-builder.tsx';
import { FunnelResult } from './funnel-result.tsx';
import { completeSteps, useFunnel } from './use-funnel.ts';

export function Funnels() {
  const funnel = useFunnel();
  const steps = completeSteps(funnel.steps);
  return (
    <div className="grid grid-cols-1 gap-4">
      <FunnelBuilder funnel={funnel} />
      {steps ? (
        <FunnelResult steps={steps} windowSeconds={funnel.windowSeconds} breakdown={funnel.breakdown} />
      ) : (
        <div className="rounded-lg border bg-card">
          <Empty title="Give each step an event or a page">
            The funnel then tells how many visitors take the steps one after another, and where they are lost.
          </Empty>
        </div>
      )}
    </div>
  );
}
