/**
 * What a browser keeps for the page, of this origin. Private windows may refuse to keep anything:
 * then it is as good as empty.
 */

/** The value that was kept under a name; `null` without one. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a value under a name, where the browser keeps anything. */
export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Nothing depends on it
  }
}
