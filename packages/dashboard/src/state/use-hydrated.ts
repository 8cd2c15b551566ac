'use client';
import { useSyncExternalStore } from 'react';

const never = () => () => {};

/** False while what the server has drawn comes to life, when it has to be drawn as the server did; true from then on. */
export const useHydrated = () =>
  useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
