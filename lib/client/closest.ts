import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";

/** The name in `names` that is most like `word`, or `null` when none is alike. */
export function closest(word: string, names: readonly string[]): string | null {
  const lower = word.toLowerCase();
  const alike = names.filter((name) => isAlike(lower, name));
  return alike.length === 0 ? null : closestString(lower, alike) ?? null;
}

function isAlike(word: string, name: string): boolean {
  const prefix = name.startsWith(word) || (name.length > 2 && word.startsWith(name));
  return prefix || levenshteinDistance(word, name) <= Math.ceil(name.length / 3);
}
