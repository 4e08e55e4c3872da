const YES = /^(y|yes|s|sim)$/i;

/** Whether an answer agrees, in any language of the programs; none, `null`, does not. */
export function isYes(answer: string | null | undefined): boolean {
  return YES.test(answer?.trim() ?? "");
}
