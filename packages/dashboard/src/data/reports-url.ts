'use client';
import { createContext, useContext } from 'react';

/** Where questions are served as plain JSON and downloads. */
export const ReportsUrlContext = createContext('/api/reports');

/** The address of a question's answer as a file; the input as `docs/reports-api.md` has it. */
export function useDownloadHref(): (question: string, input: object, format: 'csv' | 'ndjson') => string {
  const url = useContext(ReportsUrlContext);
  return (question, input, format) => `${url}/${question}?${parametersOf(input)}&format=${format}`;
}

function parametersOf(input: object): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(input) as [string, unknown][]) {
    if (value === undefined || isEmpty(value)) continue;
    parameters.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return parameters;
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
