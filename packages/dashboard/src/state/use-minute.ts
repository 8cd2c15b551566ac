'use client';
import { useSyncExternalStore } from 'react';

const MINUTE_MS = 60_000;
const present = () => Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

function onNextMinute(changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    timer = setTimeout(
      () => {
        changed();
        wait();
      },
      MINUTE_MS - (Date.now() % MINUTE_MS),
    );
  };
  wait();
  return () => clearTimeout(timer);
}

/** The present minute, in ms; the same for all who ask, so that their questions have the same key. */
export const useMinute = () => useSyncExternalStore(onNextMinute, present, present);
