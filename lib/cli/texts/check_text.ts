import type { Text } from "../../protocol/fill_text.ts";

/** Advice for a finding. */
export interface Hint {
  readonly text: Text;
  /** The system of this machine that it is for. Default: any. */
  readonly os?: "darwin" | "linux" | "windows";
}

/** What is said of a finding: `{name}` stands for its data, `{reason}` for the error behind it. */
export interface FindingText {
  readonly text: Text;
  /** What to do, the likeliest first. */
  readonly hints?: readonly Hint[];
}

/** Advice in both languages. */
export function hint(en: string, pt: string, os?: Hint["os"]): Hint {
  return { text: { en, "pt-BR": pt }, ...(os !== undefined && { os }) };
}

/** What is said of a finding, in both languages. */
export function says(en: string, pt: string, ...hints: readonly Hint[]): FindingText {
  return { text: { en, "pt-BR": pt }, hints };
}
