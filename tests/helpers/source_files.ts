import { dirname, fromFileUrl, join, relative } from "@std/path";

export const ROOT = fromFileUrl(new URL("../..", import.meta.url));

export interface SourceFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments and strings. */
  readonly code: string;
}

export function* sourcesBelow(folder: string): Generator<SourceFile> {
  for (const entry of Deno.readDirSync(join(ROOT, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourcesBelow(path);
    else if (/\.tsx?$/.test(path) && !path.endsWith(".d.ts")) yield readSource(path);
  }
}

export function readSource(path: string): SourceFile {
  const text = Deno.readTextFileSync(join(ROOT, path));
  return { path, text, code: codeOf(text) };
}

/** Removes comments, and the contents of strings except templates. */
function codeOf(text: string): string {
  return text
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\/\/.*$/gm, "");
}

/** The imports of a file, and the modules that it names by URL. */
export function importsOf({ text }: SourceFile): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const patterns = [
    /\bfrom\s+"([^"]+)"/g,
    /\bimport\s+"([^"]+)"/g,
    /\bimport\(\s*"([^"]+)"/g,
    /new URL\(\s*"([^"]+)",\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!));
}

/** The imports of a file that are left when its types are gone. */
export function valueImportsOf({ path, text }: SourceFile): string[] {
  const statements = /^(?:import|export)\b[^;"]*?\bfrom\s+"[^"]+"/gm;
  const isOfTypes = (statement: string) =>
    /^(?:import|export) type\b/.test(statement) ||
    /^import \{(?:\s*type \w+(?: as \w+)?,?)+\s*\} from/.test(statement);
  const types = [...text.matchAll(statements)].map(([statement]) => statement).filter(isOfTypes);
  const rest = types.reduce((left, statement) => left.replace(statement, ""), text);
  return importsOf({ path, text: rest, code: rest });
}

/** What a file runs as it is imported: calls and `new` outside of every function, by their lines. */
export function runsOnImport({ code }: SourceFile): string[] {
  const statement = /^(?:await\b|new\b|[a-zA-Z_.]+\().*/gm;
  // Of what declares a name, only what starts something: work, a timer, a thread, the system
  const starts =
    /\b(?:await|new (?:Worker|\w*Server|WebSocket)|set(?:Interval|Timeout|Immediate)\(|fetch\(|Deno\.\w+\()/;
  const declarations = code.matchAll(/^(?:export )?(?:const|let|var) [^]*?;$/gm);
  const running = [...declarations].map(([text]) => text)
    .filter((text) => !text.includes("=>") && !text.includes("function"))
    .filter((text) => starts.test(text));
  return [...code.matchAll(statement)].map(([text]) => text).concat(running);
}

/** Whether a file takes `Deno` itself, past the check of what it uses of it. */
export function takesDeno({ code, text }: Pick<SourceFile, "code" | "text">): boolean {
  return /\bDeno\b(?!\.)/.test(code) || /\["Deno"\]/.test(text);
}

/** The files of the project that a file imports, relative to the project. */
export function targetsOf(source: SourceFile): string[] {
  return importsOf(source)
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => relative(ROOT, join(ROOT, dirname(source.path), specifier)))
    .map((path) => path.replaceAll("\\", "/"));
}

/** The cycles of imports, each as its files. */
export function cyclesOf(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const finished = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(" > "));
    if (start >= 0 || finished.has(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return cycles;
}

export interface FunctionLines {
  /** The first line of its head. */
  readonly head: string;
  readonly lines: number;
}

const NO_FUNCTION = /^(?:if|for|while|switch|catch|return|else|do|try|finally|class|interface)\b/;
const FUNCTION_HEAD =
  /^(?:export )?(?:async )?function\b|=> \{$|^(?:(?:static|override|async|get|set) |\*)*[#\w]+(?:<.*>)?\(/;

/**
 * The functions of a formatted file. Each ends at the brace with the indentation of its head; an
 * arrow function without braces, at the last line before one that is indented as little as its head.
 */
export function functionsOf(text: string): FunctionLines[] {
  const lines = text.split("\n");
  const indentOf = (line: string) => line.length - line.trimStart().length;
  return lines.flatMap((line, at) => {
    if (/=>(?: [([`])?$/.test(line)) {
      const isOutside = (other: string) => other !== "" && indentOf(other) <= indentOf(line);
      const next = lines.findIndex((other, i) => i > at && isOutside(other));
      const isClosed = /^\s*[)\]`]/.test(lines[next] ?? "");
      return [{ head: line.trim(), lines: next - at + (isClosed ? 1 : 0) }];
    }
    if (!line.endsWith("{")) return [];
    const indent = indentOf(line);
    const hasOwnHead = !/^\s*[)}\]]/.test(line);
    const isHead = (other: string) => indentOf(other) === indent && /[([{]$/.test(other);
    const first = hasOwnHead ? at : lines.slice(0, at).findLastIndex(isHead);
    const head = lines[first]!.trim();
    if (NO_FUNCTION.test(head) || !(FUNCTION_HEAD.test(head) || line.endsWith("=> {"))) return [];
    const end = lines.findIndex((other, i) =>
      i > at && indentOf(other) === indent && /^\s*\}/.test(other)
    );
    return [{ head, lines: end - first + 1 }];
  });
}
