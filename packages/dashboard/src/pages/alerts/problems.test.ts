import { expect, test } from 'vitest';
import { problemsOf } from './problems.ts';

test('what the server says of the input stands at its fields, each with its first sentence', () => {
  const message = JSON.stringify([
    { path: ['source', 'question'], message: 'is no name of a question' },
    { path: ['source', 'input', 'filter', 0, 'value'], message: 'takes one value' },
    { path: ['source', 'input'], message: 'is something else' },
    { path: ['condition', 'than'], message: 'is no number' },
    { path: ['coolDownMinutes'], message: 'is too long' },
    { path: ['elsewhere'], message: 'is unknown' },
  ]);
  expect(problemsOf(new Error(message), true)).toEqual({
    question: 'is no name of a question',
    input: 'takes one value',
    than: 'is no number',
    coolDownMinutes: 'is too long',
    form: 'is unknown',
  });
  // Where the question has a name, its parts have no field of their own.
  expect(problemsOf(new Error(message), false)).toMatchObject({
    form: 'is no name of a question',
    filter: 'takes one value',
  });
});

test.each(['Only an admin may do this.', '[not JSON', '[]'])('other words are about the whole form: %s', (words) => {
  expect(problemsOf(new Error(words), false)).toEqual({ form: words });
});
