/** The parts of Vitest's JSON report that are counted. */
export interface VitestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly status: 'passed' | 'failed';
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/**
 * Counts tests one by one. A file that failed without a failed test, because it did not load or a hook threw, counts as
 * one failure, and so does a run that failed in a way the report does not show, or left no report.
 */
export function countTests(report: VitestReport | undefined, exitCode: number | null): Counts {
  let passed = 0;
  let failed = 0;
  for (const file of report?.testResults ?? []) {
    const failedHere = file.assertionResults.filter(({ status }) => status === 'failed').length;
    passed += file.assertionResults.filter(({ status }) => status === 'passed').length;
    failed += failedHere === 0 && file.status === 'failed' ? 1 : failedHere;
  }
  const unseen = failed === 0 && (exitCode !== 0 || !report?.success);
  return { passed, failed: unseen ? 1 : failed };
}
