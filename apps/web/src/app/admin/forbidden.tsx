import { Refusal } from '@tallymark/dashboard/refusal';
import type { Metadata } from 'next';

export const metadata: Metadata = { title: 'No access' };

/** Shown with a 403. */
export default function Forbidden() {
  return <Refusal basePath="/admin" />;
}
