import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import '../../styles/base.css';
import '../../styles/studio.css';
import { StudioAnalytics } from '../../tracking/studio-analytics.tsx';
import { SiteHeader } from './site-header.tsx';

export const metadata: Metadata = {
  title: { default: 'Tallymark Studio', template: '%s · Tallymark Studio' },
  description: 'A licensing studio that counts every event exactly once.',
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#faf9f6' },
    { media: '(prefers-color-scheme: dark)', color: '#161715' },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <a className="skip" href="#main">
          Skip to content
        </a>
        <StudioAnalytics>
          <SiteHeader />
          <main id="main" tabIndex={-1}>
            {children}
          </main>
        </StudioAnalytics>
      </body>
    </html>
  );
}
