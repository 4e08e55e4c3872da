/** Whether a path, or a component of one, is a pattern: `*` and `?` stand for other characters. */
export function isPattern(path: string): boolean {
  return /[*?]/.test(path);
}
