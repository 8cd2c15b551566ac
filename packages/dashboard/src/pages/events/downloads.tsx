'use client';
import { Download } from 'lucide-react';
import { useDownloadHref } from '../../data/reports-url.ts';
import { Button } from '../../ui/button.tsx';
import type { SearchInput } from './use-search.ts';

/** All that the search finds, not only what stands on the page. */
export function Downloads({ input }: { input: SearchInput }) {
  const hrefOf = useDownloadHref();
  return (
    <>
      {(['csv', 'ndjson'] as const).map((format) => (
        <Button key={format} asChild>
          <a href={hrefOf('events.search', input, format)} download>
            <Download aria-hidden /> {format.toUpperCase()}
          </a>
        </Button>
      ))}
    </>
  );
}
