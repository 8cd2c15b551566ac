'use client';
import { createContext, useContext } from 'react';

export const BasePathContext = createContext('/admin');

/** Addresses of the dashboard's own pages, wherever the host mounted it. */
export function usePageHref(): (path: string) => string {
  const basePath = useContext(BasePathContext);
  return (path) => (path ? `${basePath}/${path}` : basePath);
}
