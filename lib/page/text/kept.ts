/** Texts that are kept under names; where nothing can be kept, they are as good as absent. */
export interface KeptTexts {
  get(name: string): string | null;
  /** @param value `null` removes it */
  set(name: string, value: string | null): void;
}

/** Keeps texts in a storage of the browser, which throws in some private windows, and when it is full. */
export function keptIn(storage: () => Storage): KeptTexts {
  return {
    get(name) {
      try {
        return storage().getItem(name);
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        if (value === null) storage().removeItem(name);
        else storage().setItem(name, value);
      } catch {
        // Nothing depends on it
      }
    },
  };
}

/** What the browser keeps of the looks of the page. */
const looks = keptIn(() => localStorage);

/** The value that was kept under a name; `null` without one. */
export function recall(name: string): string | null {
  return looks.get(name);
}

/** Keeps a value under a name, where the browser keeps anything. */
export function remember(name: string, value: string): void {
  looks.set(name, value);
}
