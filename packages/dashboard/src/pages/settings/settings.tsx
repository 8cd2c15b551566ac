'use client';
import { parseAsStringEnum, useQueryState } from 'nuqs';
import type { ComponentType } from 'react';
import type { DashboardUser } from '../../shell/user.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { AuditTab } from './audit-tab.tsx';
import { RetentionTab } from './retention-tab.tsx';
import { SamplingTab } from './sampling-tab.tsx';
import { SitesTab } from './sites-tab.tsx';
import { UsersTab } from './users-tab.tsx';

interface ViewProps {
  readonly user: DashboardUser;
}

type TabName = 'sites' | 'users' | 'retention' | 'sampling' | 'audit';

const TABS: readonly { readonly value: TabName; readonly label: string; readonly View: ComponentType<ViewProps> }[] = [
  { value: 'sites', label: 'Sites and keys', View: SitesTab },
  { value: 'users', label: 'Users and roles', View: UsersTab },
  { value: 'retention', label: 'Retention', View: RetentionTab },
  { value: 'sampling', label: 'Sampling', View: SamplingTab },
  { value: 'audit', label: 'Audit log', View: AuditTab },
];

const parser = parseAsStringEnum<TabName>(TABS.map(({ value }) => value)).withDefault('sites');

export function Settings({ user }: ViewProps) {
  const [tab, setTab] = useQueryState('tab', parser.withOptions({ history: 'push' }));
  const View = TABS.find(({ value }) => value === tab)?.View ?? SitesTab;
  return (
    <Tabs label="Settings" value={tab} tabs={TABS} onChange={(picked) => void setTab(picked)}>
      <View user={user} />
    </Tabs>
  );
}
