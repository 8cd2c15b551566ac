/** Every limit on what a caller may send, in one place. */
export const LIMITS = {
  /** Events in one request of a public caller. */
  eventsPerBatch: 50,
  /** Bytes of one request body. */
  bodyBytes: 1_048_576,
  /** UTF-16 code units of one event as canonical JSON. */
  eventLength: 32_768,
  /** Levels of nesting inside one event. */
  eventDepth: 10,
  /** Levels of nesting in a request body, envelope included. */
  bodyDepth: 24,
  /** Keys of one object inside an event. */
  keysPerObject: 100,
  keyLength: 100,
  languageLength: 35,
  idempotencyKeyLength: 200,
  idLength: 200,
  serviceLength: 100,
  urlLength: 2_048,
  userAgentLength: 1_024,
  clientHintLength: 256,
  /** A clock may be this far ahead of the server's. */
  clockSkewMs: 5 * 60_000,
} as const;
