import { NamedError } from '@tallymark/contract/named-error';

/** `rule`: it can never be evaluated as it is written; `passing`: not now. */
export type AlertProblemKind = 'rule' | 'passing';

/** A rule cannot be evaluated; the message says why, and what to do. */
export class AlertProblem extends NamedError {
  static override readonly errorName = 'AlertProblem';
  constructor(
    readonly kind: AlertProblemKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
