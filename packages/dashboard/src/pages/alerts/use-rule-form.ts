'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { useState } from 'react';
import { useAction } from '../../data/use-action.ts';
import { useSite } from '../../data/use-site.ts';
import { type FieldName, type Problems, problemsOf } from './problems.ts';
import { draftOf, EMPTY_DRAFT, type RuleDraft, readDraft } from './rule-draft.ts';
import { CHANGED } from './use-alerts.ts';

/** Fields that a part of the draft is shown in, where they are called otherwise. */
const FIELDS_OF: Partial<Record<keyof RuleDraft, readonly FieldName[]>> = {
  measure: ['eventType', 'filter', 'question', 'input', 'pointer', 'than'],
  segmentId: ['filter'],
  condition: ['than', 'percent'],
};

const UNNAMED = 'Not named yet';

/** A rule while it is written, what is wrong with it, and the way to save it. */
export function useRuleForm(edited: Alert | undefined, onSaved: (webhookSecret: string | null) => void) {
  const siteId = useSite()?.siteId;
  const [draft, setDraft] = useState<RuleDraft>(edited ? draftOf(edited) : EMPTY_DRAFT);
  const [problems, setProblems] = useState<Problems>({});
  /** How often something was found to be wrong. */
  const [refusals, setRefusals] = useState(0);
  const isAny = draft.measure === 'question';

  /** What was wrong with a field is not said of what is typed next. */
  const set = (change: Partial<RuleDraft>) => {
    setDraft((now) => ({ ...now, ...change }));
    const names = Object.keys(change) as (keyof RuleDraft)[];
    const touched = new Set<string>(['form', ...names, ...names.flatMap((name) => FIELDS_OF[name] ?? [])]);
    setProblems((now) => Object.fromEntries(Object.entries(now).filter(([field]) => !touched.has(field))));
  };
  const refuse = (found: Problems) => {
    setProblems(found);
    if (Object.keys(found).length > 0) setRefusals((count) => count + 1);
  };
  /** The rule as it is written; null, and the problems are shown, where it is none. A rule can be tried before it has a name. */
  const read = ({ named = true } = {}) => {
    const written = named || draft.name.trim() !== '' ? draft : { ...draft, name: UNNAMED };
    const { rule, problems: found } = { rule: null, ...readDraft(written) };
    refuse(found ?? {});
    return rule;
  };
  const refused = (error: Error) => refuse(problemsOf(error, isAny));
  const save = useAction(async (client, rule: NonNullable<ReturnType<typeof read>>) => {
    const site = siteId && rule.source.kind === 'question' ? { siteId } : {};
    if (!edited) return client.alerts.save.mutate({ ...site, ...rule });
    const { enabled: _unchanged, siteId: _site, ...change } = rule;
    return client.alerts.change.mutate({ id: edited.id, ...change });
  }, CHANGED);
  const submit = () => {
    const rule = read();
    if (rule) save.mutate(rule, { onSuccess: ({ webhookSecret }) => onSaved(webhookSecret), onError: refused });
  };
  return { draft, problems, refusals, set, read, refused, submit, saving: save.isPending };
}
export type RuleForm = ReturnType<typeof useRuleForm>;
