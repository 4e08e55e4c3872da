/** Whether a path is a pattern, which only protocol 2 can match. */
export function isPattern(path: string): boolean {
  return /[*?]/.test(path);
}
