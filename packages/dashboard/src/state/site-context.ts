'use client';
import { createContext, useContext } from 'react';

/** The site that every page is about; null where there is none to see. */
export const SiteContext = createContext<string | null>(null);

export const useSiteId = () => useContext(SiteContext);
