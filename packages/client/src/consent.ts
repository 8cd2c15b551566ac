import type { Kept } from './kept.ts';
import type { AnalyticsOptions } from './types.ts';

export type ConsentState = 'granted' | 'denied' | 'pending';

/** Whether events may be tracked. What somebody said is remembered; the browser's signal outweighs it. */
export function consentOf(kept: Kept, { consent = 'implied', honorSignals = true }: AnalyticsOptions) {
  return {
    state: (): ConsentState => {
      if (honorSignals && objects()) return 'denied';
      const said = kept.get('consent');
      if (said) return said === 'yes' ? 'granted' : 'denied';
      return consent === 'implied' ? 'granted' : 'pending';
    },
    set: (granted: boolean) => kept.set('consent', granted ? 'yes' : 'no'),
  };
}

/** Global Privacy Control, or Do Not Track. */
function objects(): boolean {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean };
  return globalPrivacyControl === true || doNotTrack === '1';
}
