/** A few texts that outlive the page, shared by its tabs; in memory where the browser denies it. */
export interface Kept {
  get(name: string): string | null;
  set(name: string, value: string | null): void;
}

/** Nothing new is written to the device while it `may` not; what is there can always be deleted. */
export function keep(prefix: string, may: () => boolean): Kept {
  const memory = new Map<string, string>();
  return {
    get: (name) => {
      try {
        // Only what the device did not take is in memory: other tabs may have changed the rest.
        return memory.get(name) ?? localStorage.getItem(prefix + name);
      } catch {
        return null;
      }
    },
    set: (name, value) => {
      memory.delete(name);
      try {
        if (value === null) return localStorage.removeItem(prefix + name);
        if (may()) return localStorage.setItem(prefix + name, value);
      } catch {
        // Full, or denied by the settings of the browser.
      }
      if (value !== null) memory.set(name, value);
    },
  };
}
