/** The version tag of a content: the same on every server that has it, so that a transfer goes on elsewhere. */
export function contentVersion(sha256: string): string {
  return `c${sha256.slice(0, 32)}`;
}
