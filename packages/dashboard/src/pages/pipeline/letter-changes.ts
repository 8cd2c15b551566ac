/** Questions whose answers change with a dead letter. */
export const LETTER_CHANGES = ['deadLetters.counts', 'deadLetters.list', 'eventIngestion.getStats'];
