/** A text without the quotes around it, if there are any. */
export function unquote(text: string): string {
  const trimmed = text.trim();
  const [, double, single] = /^(?:"([^"]*)"|'([^']*)')$/.exec(trimmed) ?? [];
  return (double ?? single ?? trimmed).trim();
}
