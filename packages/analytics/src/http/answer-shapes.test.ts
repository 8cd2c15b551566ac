import { describe, expect, test } from 'vitest';
import { reportRouters } from '../test-support/report-routers.ts';
import { headerOf } from './download-table.ts';
import { questionsOf } from './question-catalogue.ts';

const questions = [...questionsOf(reportRouters()).values()];
/** More than these would be an answer that nobody can look at as a table. */
const MOST_COLUMNS = 80;

describe('the answer of every question', () => {
  test.each(questions.map((question) => [question.name, question] as const))('%s is a table', (_name, question) => {
    expect(question.answer, 'the procedure has an output').not.toEqual({});
    for (const list of [null, ...question.lists.flatMap(({ field }) => field ?? [])]) {
      const names = headerOf(question, list).map(({ name }) => name);
      expect(names.length).toBeGreaterThan(0);
      expect(names.length).toBeLessThanOrEqual(MOST_COLUMNS);
      expect(new Set(names).size, names.join()).toBe(names.length);
    }
    if (question.paged) expect(question.lists, 'a page has one list').toHaveLength(1);
  });
});
