import type { TrackAny } from './track-any.ts';

const LONGEST_ID = 200;

/** Submitted forms: which one, and how many fields it has. Never what was typed. */
export function watchForms(track: TrackAny): void {
  const submitted = ({ target }: SubmitEvent) => {
    if (!(target instanceof HTMLFormElement)) return;
    // By attribute: a field called "id" or "name" hides the property of the form.
    const formId = target.getAttribute('id') || target.getAttribute('name') || location.pathname;
    track('form_submitted', {
      formId: formId.slice(0, LONGEST_ID),
      fieldCount: target.querySelectorAll('input:not([type=hidden]),select,textarea').length,
    });
  };
  addEventListener('submit', submitted, true);
}
