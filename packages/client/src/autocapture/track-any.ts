/** Tracks any type: what autocapture sends is in the plan if the host put `browserEvents` there. */
export type TrackAny = (eventType: string, props: Readonly<Record<string, unknown>>, entityId?: string) => void;
