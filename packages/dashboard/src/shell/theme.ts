'use client';
import { useSyncExternalStore } from 'react';

const KEY = 'tallymark theme';
const listeners = new Set<() => void>();

export type ThemeChoice = 'system' | 'light' | 'dark';

interface Theme {
  readonly choice: ThemeChoice;
  readonly dark: boolean;
  choose(choice: ThemeChoice): void;
}

function stored(): ThemeChoice {
  try {
    const choice = localStorage.getItem(KEY);
    return choice === 'light' || choice === 'dark' ? choice : 'system';
  } catch {
    return 'system';
  }
}

function subscribe(changed: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', changed);
  listeners.add(changed);
  return () => {
    media.removeEventListener('change', changed);
    listeners.delete(changed);
  };
}

/** Light or dark: as the system has it until somebody chooses. */
export function useTheme(): Theme {
  const choice = useSyncExternalStore(subscribe, stored, () => 'system' as const);
  const systemDark = useSyncExternalStore(
    subscribe,
    () => matchMedia('(prefers-color-scheme: dark)').matches,
    () => false,
  );
  return {
    choice,
    dark: choice === 'dark' || (choice === 'system' && systemDark),
    choose: (next) => {
      try {
        if (next === 'system') localStorage.removeItem(KEY);
        else localStorage.setItem(KEY, next);
      } catch {
        // Without storage the choice lasts as long as the page.
      }
      for (const changed of listeners) changed();
    },
  };
}
