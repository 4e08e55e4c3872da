/** A defect of one line, and the command that must find it. */
export interface Mutant {
  /** The promise that the defect breaks, in a few words. */
  readonly name: string;
  /** Relative to the project. */
  readonly file: string;
  /** Occurs in the file exactly once. */
  readonly original: string;
  readonly replacement: string;
  readonly killer: Killer;
}

/** The arguments of a `deno` command that fails for the mutant, and for nothing else. */
export type Killer = readonly string[];

/** The defects of a file by name: the original text, its replacement, and a killer of its own. */
type Defects = Readonly<Record<string, readonly [string, string, Killer?]>>;

/** The mutants of a file. @param killer of those without one of their own */
export function mutantsOf(file: string, killer: Killer, defects: Defects): Mutant[] {
  return Object.entries(defects).map(([name, [original, replacement, own = killer]]) => {
    return { name, file, original, replacement, killer: own };
  });
}

/** Runs test files up to the first failure. @param files relative to `tests/`, without `_test.ts` */
export function tests(...files: readonly string[]): Killer {
  const paths = files.map((file) => `tests/${file}_test.ts`);
  return ["test", "-A", "--no-check", "--fail-fast", ...paths];
}

/** The text of the file with the defect. @throws {Error} if the original is not found exactly once */
export function mutate(text: string, { name, file, original, replacement }: Mutant): string {
  const count = text.split(original).length - 1;
  if (count === 1) return text.replace(original, () => replacement);
  throw new Error(`${file}: "${name}": its original text is found ${count} times`);
}
