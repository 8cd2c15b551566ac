import { expect, test } from 'vitest';
import { countTests } from './vitest-report.ts';

const file = (status: 'passed' | 'failed', ...tests: string[]) => ({
  status,
  assertionResults: tests.map((result) => ({ status: result })),
});

test.each([
  [
    'tests one by one, leaving out skipped ones',
    [file('passed', 'passed', 'skipped'), file('failed', 'failed', 'passed')],
    2,
    1,
  ],
  ['a file that did not load as one failure', [file('failed'), file('passed', 'passed')], 1, 1],
  ['a file whose hook threw after its tests', [file('failed', 'passed')], 1, 1],
])('counts %s', (_, testResults, passed, failed) => {
  expect(countTests({ success: false, testResults }, 1)).toEqual({ passed, failed });
});

test('a run that failed for another reason, or left no report, is a failure', () => {
  expect(countTests({ success: true, testResults: [file('passed', 'passed')] }, 1)).toEqual({ passed: 1, failed: 1 });
  expect(countTests(undefined, 0)).toEqual({ passed: 0, failed: 1 });
});
