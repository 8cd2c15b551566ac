'use client';
import type { Alert } from '@tallymark/contract/alerts';
import { Pencil } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Cell, Row } from '../../ui/data-table.tsx';
import { filterWords } from './filter-summary.ts';
import { RemoveRule } from './remove-rule.tsx';
import { RuleSwitch } from './rule-switch.tsx';
import { conditionWords, unitOfSource, watchedWords, writeFigure, writeMinutes } from './rule-words.ts';
import { StateBadge } from './state-badge.tsx';

interface RuleRowProps {
  readonly alert: Alert;
  readonly mayChange: boolean;
  readonly onEdit: () => void;
}

export function RuleRow({ alert, mayChange, onEdit }: RuleRowProps) {
  const { name, builtIn, source, condition, windowMinutes, enabled, value, evaluatedAt, deliveryError } = alert;
  const unit = unitOfSource(source);
  const narrowed = filterWords(source);
  return (
    <Row faded={!enabled}>
      <Cell head long>
        <span className="block min-w-28 break-words">{name}</span>
        {builtIn && <span className="block text-xs font-normal text-muted-foreground">ready-made</span>}
        {deliveryError && <span className="block text-xs font-normal text-bad">The webhook does not answer</span>}
      </Cell>
      <Cell>
        <StateBadge alert={alert} />
        {enabled && evaluatedAt && (
          <span className="block text-xs text-muted-foreground">
            {value === null ? 'no figure' : writeFigure(value, unit)}
          </span>
        )}
      </Cell>
      <Cell>{mayChange ? <RuleSwitch alert={alert} /> : enabled ? 'Yes' : 'No'}</Cell>
      <Cell long>
        <span className="block min-w-32">{watchedWords(source)}</span>
        {narrowed && <span className="block text-xs text-muted-foreground">{narrowed}</span>}
      </Cell>
      <Cell>{conditionWords(condition, unit)}</Cell>
      <Cell>{source.kind === 'pipeline' ? 'now' : writeMinutes(windowMinutes)}</Cell>
      {mayChange && (
        <Cell right>
          <span className="inline-flex gap-2">
            <Button size="small" aria-label={`Edit ${name}`} onClick={onEdit}>
              <Pencil aria-hidden /> Edit
            </Button>
            {!builtIn && <RemoveRule alert={alert} />}
          </span>
        </Cell>
      )}
    </Row>
  );
}
