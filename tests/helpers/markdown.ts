/** A heading. */
export interface Heading {
  /** 1 for `#`, 2 for `##`. */
  readonly level: number;
  /** What a link to it has behind `#`, as GitHub makes it. */
  readonly anchor: string;
}

/** A block between fences. */
export interface CodeBlock {
  /** The word behind the opening fence. */
  readonly language: string;
  readonly text: string;
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** The blocks between fences. */
export function codeBlocksOf(text: string): CodeBlock[] {
  return [...text.matchAll(FENCE)].map(([, language = "", code = ""]) => ({
    language,
    text: code,
  }));
}

/** The text without the blocks between fences. */
export function proseOf(text: string): string {
  return text.replace(FENCE, "");
}

/** The headings, in their order. */
export function headingsOf(text: string): Heading[] {
  const seen = new Map<string, number>();
  return [...proseOf(text).matchAll(/^(#+) (.*)$/gm)].map(([, marks = "", title = ""]) => {
    const slug = title.toLowerCase().replace(/[^\p{L}\p{M}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return { level: marks.length, anchor: count === 0 ? slug : `${slug}-${count}` };
  });
}

/** The targets of links and pictures, in their order. */
export function linksOf(text: string): string[] {
  const prose = proseOf(text).replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)/g)]
    .map(([, target = ""]) => target);
}

/** The words of a shell's commands, without what is set for them. */
export type ShellCommand = readonly string[];

/**
 * The commands of a block of shell, a line each or joined by `|`, `&&` or `;`. Knows quotes, but
 * nothing else that is special to a shell.
 */
export function shellCommandsOf(code: string): ShellCommand[] {
  const commands: string[][] = [[]];
  for (const [token] of code.matchAll(/\n|&&|[|;]|(?:'[^']*'|"[^"]*"|[^\s|;&'"])+/g)) {
    if (/^(?:\n|&&|[|;])$/.test(token)) commands.push([]);
    else commands.at(-1)!.push(token.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
  }
  return commands
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .filter((words) => words.length > 0);
}
