'use client';
import { Menu, Monitor, Moon, Sun, X } from 'lucide-react';
import Link from 'next/link';
import { useSearchParams } from 'next/navigation';
import { useEffect, useState } from 'react';
import { FiringCount } from '../pages/alerts/firing-count.tsx';
import { Button } from '../ui/button.tsx';
import { classNames } from '../ui/class-names.ts';
import { usePageHref } from './base-path.ts';
import { PAGES, type PageEntry, type PagePath } from './pages.ts';
import { type ThemeChoice, useTheme } from './theme.ts';
import type { DashboardUser } from './user.ts';

interface NavigationProps {
  readonly page: PagePath;
  readonly user: DashboardUser;
  /** Where the product is, for a way back; null for none. */
  readonly home: string | null;
}

const NEXT_THEME: Readonly<Record<ThemeChoice, ThemeChoice>> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_ICON = { system: Monitor, light: Sun, dark: Moon } as const;
/** What the pages share: going from one to the next keeps the period and the filters. */
const SHARED = ['period', 'from', 'to', 'site', 'bots', 'compare', 'segment', 'f'];

export function Navigation({ page, user, home }: NavigationProps) {
  const theme = useTheme();
  const [open, setOpen] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that was opened closes the menu of a phone
  useEffect(() => setOpen(false), [page]);
  useEffect(() => {
    const close = ({ key }: KeyboardEvent) => key === 'Escape' && setOpen(false);
    window.addEventListener('keydown', close);
    return () => window.removeEventListener('keydown', close);
  }, []);
  const allowed = PAGES.filter(({ role }) => role === 'viewer' || user.role === 'admin');
  const groups = [...new Set(allowed.map(({ group }) => group))];
  const ThemeIcon = THEME_ICON[theme.choice];
  return (
    <header className="z-40 border-b bg-card lg:sticky lg:top-0 lg:flex lg:h-dvh lg:flex-col lg:border-r lg:border-b-0">
      <div className="flex h-14 items-center justify-between px-4">
        <span className="font-semibold tracking-tight">Tallymark</span>
        <Button
          variant="ghost"
          size="icon"
          className="lg:hidden"
          aria-expanded={open}
          aria-controls="pages"
          aria-label={open ? 'Close the menu' : 'Open the menu'}
          onClick={() => setOpen(!open)}
        >
          {open ? <X aria-hidden /> : <Menu aria-hidden />}
        </Button>
      </div>
      <nav
        id="pages"
        aria-label="Pages"
        className={classNames('px-2 pb-4 lg:block lg:overflow-y-auto', !open && 'hidden')}
      >
        {groups.map((group) => (
          <div key={group} className="mb-3">
            <p className="px-2 py-1 text-xs text-muted-foreground">{group}</p>
            <ul>
              {allowed
                .filter((entry) => entry.group === group)
                .map((entry) => (
                  <PageLink key={entry.path} entry={entry} current={entry.path === page} />
                ))}
            </ul>
          </div>
        ))}
      </nav>
      <div
        className={classNames(
          'items-center justify-between gap-2 border-t px-4 py-2 text-xs text-muted-foreground lg:mt-auto lg:flex',
          open ? 'flex' : 'hidden',
        )}
      >
        <span className="min-w-0">
          <span className="block truncate">{user.name}</span>
          <span
            className="block truncate font-mono text-[0.6875rem]"
            title="Your id: an admin adds you to a site by it"
          >
            {user.id}
          </span>
          {home && (
            <a className="text-primary hover:underline" href={home}>
              Back to the product
            </a>
          )}
        </span>
        <Button
          variant="ghost"
          size="icon"
          aria-label={`Theme: ${theme.choice}. Change to ${NEXT_THEME[theme.choice]}.`}
          onClick={() => theme.choose(NEXT_THEME[theme.choice])}
        >
          <ThemeIcon aria-hidden />
        </Button>
      </div>
    </header>
  );
}

function PageLink({ entry: { path, title, icon: Icon }, current }: { entry: PageEntry; current: boolean }) {
  const href = usePageHref();
  const params = useSearchParams();
  const shared = new URLSearchParams([...(params ?? [])].filter(([name]) => SHARED.includes(name))).toString();
  return (
    <li>
      <Link
        href={href(path) + (shared && `?${shared}`)}
        aria-current={current ? 'page' : undefined}
        className={classNames(
          'flex h-8 items-center gap-2 rounded-md px-2 hover:bg-muted',
          current ? 'bg-accent font-medium text-primary' : 'text-foreground',
        )}
      >
        <Icon className="size-4" aria-hidden />
        {title}
        {path === 'alerts' && <FiringCount />}
      </Link>
    </li>
  );
}
