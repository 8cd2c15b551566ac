import {
  Activity,
  Bell,
  Blocks,
  ChartLine,
  Filter,
  Footprints,
  Image,
  type LucideIcon,
  Megaphone,
  Repeat,
  Search,
  Settings,
  Waypoints,
} from 'lucide-react';

export interface PageEntry {
  /** Last part of its address; empty for the first page. */
  readonly path: string;
  readonly title: string;
  readonly icon: LucideIcon;
  readonly group: 'What happens' | 'Who and how' | 'What works' | 'Behind it';
  /** Who may open it. */
  readonly role: 'viewer' | 'admin';
  /** Whether period and filters mean something there. */
  readonly scoped: boolean;
}

/** The pages, in the order of the navigation. */
export const PAGES = [
  { path: '', title: 'Overview', icon: ChartLine, group: 'What happens', role: 'viewer', scoped: true },
  { path: 'live', title: 'Live', icon: Activity, group: 'What happens', role: 'viewer', scoped: false },
  { path: 'events', title: 'Events', icon: Search, group: 'What happens', role: 'viewer', scoped: true },
  { path: 'funnels', title: 'Funnels', icon: Filter, group: 'Who and how', role: 'viewer', scoped: true },
  { path: 'retention', title: 'Retention', icon: Repeat, group: 'Who and how', role: 'viewer', scoped: true },
  { path: 'paths', title: 'Paths', icon: Footprints, group: 'Who and how', role: 'viewer', scoped: true },
  { path: 'campaigns', title: 'Campaigns', icon: Megaphone, group: 'What works', role: 'viewer', scoped: true },
  { path: 'assets', title: 'Assets', icon: Image, group: 'What works', role: 'viewer', scoped: true },
  { path: 'pipeline', title: 'Pipeline', icon: Waypoints, group: 'Behind it', role: 'admin', scoped: false },
  { path: 'plan', title: 'Plan', icon: Blocks, group: 'Behind it', role: 'admin', scoped: false },
  { path: 'alerts', title: 'Alerts', icon: Bell, group: 'Behind it', role: 'viewer', scoped: false },
  { path: 'settings', title: 'Settings', icon: Settings, group: 'Behind it', role: 'admin', scoped: false },
] as const satisfies readonly PageEntry[];
export type PagePath = (typeof PAGES)[number]['path'];
