const SEEN_MS = 1_000;
const SEEN_SHARE = 0.5;
/** Fine enough for what is 25 screens tall. */
const STEPS = Array.from({ length: 26 }, (_, step) => step / 50);

/** Calls `seen` once half of `place`, or of the screen, has been visible for a second on end. Returns how to stop that. */
export function whenSeen(place: Element, seen: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  const done = () => {
    timer = undefined;
    // A tab in the background shows nobody anything.
    if (document.visibilityState === 'hidden') return start();
    observer.disconnect();
    seen();
  };
  const start = () => {
    timer ??= setTimeout(done, SEEN_MS);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      const entry = entries.at(-1);
      // What is larger than the screen never shows half of itself: then half of the screen is enough.
      const covers = (entry?.intersectionRect.height ?? 0) >= innerHeight * SEEN_SHARE;
      if (entry && (entry.intersectionRatio >= SEEN_SHARE || covers)) start();
      else stop();
    },
    { threshold: STEPS },
  );
  observer.observe(place);
  return () => {
    observer.disconnect();
    stop();
  };
}
