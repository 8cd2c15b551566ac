import type { Viewport } from 'next';
import type { ReactNode } from 'react';
import '@tallymark/dashboard/styles.css';
import '../../styles/admin-page.css';

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f7f7f5' },
    { media: '(prefers-color-scheme: dark)', color: '#131514' },
  ],
};

/** A root of its own: the studio's styles and the dashboard's know nothing of each other. */
export default function AdminLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <body>{children}</body>
    </html>
  );
}
