/** What a visitor can do something about; the message says what, and is shown as it is. */
export class StudioError extends Error {
  override readonly name = 'StudioError';
}
