'use client';
import { parseAsStringEnum, useQueryState } from 'nuqs';
import type { ComponentType } from 'react';
import type { DashboardUser } from '../../shell/user.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { HistoryTab } from './history-tab.tsx';
import { NowTab } from './now-tab.tsx';
import { Patterns } from './patterns/patterns.tsx';
import { RulesTab } from './rules-tab.tsx';

interface ViewProps {
  readonly user: DashboardUser;
}

type TabName = 'now' | 'rules' | 'history' | 'patterns';

const TABS: readonly { readonly value: TabName; readonly label: string; readonly View: ComponentType<ViewProps> }[] = [
  { value: 'now', label: 'Now', View: NowTab },
  { value: 'rules', label: 'Rules', View: RulesTab },
  { value: 'history', label: 'History', View: HistoryTab },
  { value: 'patterns', label: 'Patterns', View: Patterns },
];

const parser = parseAsStringEnum<TabName>(TABS.map(({ value }) => value)).withDefault('now');

export function Alerts({ user }: ViewProps) {
  const [tab, setTab] = useQueryState('tab', parser.withOptions({ history: 'push' }));
  const View = TABS.find(({ value }) => value === tab)?.View ?? NowTab;
  return (
    <Tabs label="Alerts" value={tab} tabs={TABS} onChange={(picked) => void setTab(picked)}>
      <View user={user} />
    </Tabs>
  );
}
