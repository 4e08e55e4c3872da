/**
 * Builds the web page into `lib/web/assets.ts`, which the server imports: `deno task page`. The same
 * sources give the same bytes, so that a test can tell whether that file is up to date.
 *
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { bundledSources, licensesOf } from "./pack/licenses.ts";

/** A file that the server sends to browsers. */
export interface Asset {
  /** Its media type. */
  readonly type: string;
  /** In hex. */
  readonly sha256: string;
  readonly text: string;
}

const ROOT = fromFileUrl(new URL("..", import.meta.url));
const PAGE = join(ROOT, "lib/page");
/** The generated module. */
export const ASSETS_FILE: string = join(ROOT, "lib/web/assets.ts");

const SCRIPT = "text/javascript; charset=utf-8";
const TEXT = "text/plain; charset=utf-8";
/** The files that are served as they are. */
const FILES: readonly (readonly [path: string, file: string, type: string])[] = [
  ["/", "index.html", "text/html; charset=utf-8"],
  ["/icons.svg", "icons.svg", "image/svg+xml"],
];
/** The style of the first view, and of the later ones. */
const STYLES: readonly string[] = ["style.css", "later.css"];
/**
 * The modules that are bundled. What each loads lazily becomes files of its own; they share none, so
 * that the page is loaded in few pieces, which compress well.
 */
const ENTRIES: Readonly<Record<string, string>> = {
  "app.js": "main.tsx",
  "mover.js": "mover.ts",
  "hasher.js": "hasher.ts",
  "relay.js": "relay.ts",
};

/** An import of another script, as the bundler writes it. */
const STATIC_IMPORT = /\b(?:from|import)"\.\/([^"]+)"/g;

/** A file that the bundler writes. */
interface Output {
  readonly name: string;
  readonly text: string;
}

/** Builds every file of the page, by its path on the server. */
export async function buildAssets(): Promise<Record<string, Asset>> {
  const bundled = (await Promise.all(Object.values(ENTRIES).map(bundle))).flat();
  const outputs = withoutHelpers(await withStableNames(withUsedLimits(bundled)));
  const texts: [string, string, string][] = [
    ...FILES.map(([path, file, type]): [string, string, string] => [
      path,
      path === "/" ? withPreloads(readPage(file), outputs) : readPage(file),
      type,
    ]),
    ...STYLES.map((name): [string, string, string] => [
      `/${name}`,
      minifyStyle(readPage(name)),
      "text/css; charset=utf-8",
    ]),
    ...outputs.filter(({ name }) => name.endsWith(".js"))
      .map((
        { name, text },
      ): [string, string, string] => [`/${name}`, text, SCRIPT]),
    ["/licenses.txt", licensesOf(sourcesOf(outputs)), TEXT],
  ];
  const sorted = [...new Map(texts.map((entry) => [entry[0], entry])).values()]
    .sort(([a], [b]) => a < b ? -1 : 1);
  const assets = sorted.map(async ([path, text, type]) =>
    [path, { type, sha256: await sha256Of(text), text }] as const
  );
  return Object.fromEntries(await Promise.all(assets));
}

/** The text of the generated module. */
export function formatAssets(assets: Readonly<Record<string, Asset>>): string {
  const entries = Object.entries(assets).map(([path, { type, sha256, text }]) =>
    `  ${JSON.stringify(path)}: {
    type: ${JSON.stringify(type)},
    sha256: ${JSON.stringify(sha256)},
    text: ${JSON.stringify(text)},
  },\n`
  );
  return `// Written by scripts/build_page.ts: \`deno task page\`
/** The files of the web page, by path. */
export const ASSETS: Readonly<
  Record<string, { readonly type: string; readonly sha256: string; readonly text: string }>
> = {
${entries.join("")}};\n`;
}

function readPage(name: string): string {
  return Deno.readTextFileSync(join(PAGE, name));
}

/** Removes comments and blanks from a formatted style sheet. */
function minifyStyle(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, "")
    .replace(/^\s*([\w-]+): /gm, "$1:")
    .replace(/\s*\n\s*/g, "\n")
    .replace(/([{};,])\n/g, "$1")
    .replaceAll("\n", " ")
    .replaceAll(" {", "{")
    .replaceAll(";}", "}")
    .replaceAll(", ", ",")
    .trim();
}

/** Lets browsers load at once what the page's script imports, in place of one after the other. */
function withPreloads(page: string, outputs: readonly Output[]): string {
  const scripts = new Map(outputs.map(({ name, text }) => [name, text]));
  const found = new Set<string>();
  const follow = (name: string) => {
    for (const [, imported = ""] of (scripts.get(name) ?? "").matchAll(STATIC_IMPORT)) {
      if (found.has(imported)) continue;
      found.add(imported);
      follow(imported);
    }
  };
  follow("app.js");
  const links = [...found].sort().map((name) => `    <link rel="modulepreload" href="/${name}">\n`);
  return page.replace(/^ *<\/head>/m, (end) => links.join("") + end);
}

/** Bundles an entry: scripts, with their source maps. */
async function bundle(module: string): Promise<Output[]> {
  const folder = await Deno.makeTempDir({ prefix: "tcp-chat-page-" });
  try {
    await runBundler(module, folder);
    const files = [...Deno.readDirSync(folder)].map((entry) => entry.name);
    return files.map((file) => ({
      name: servedName(file),
      text: file.endsWith(".map")
        ? bundledSources(join(folder, file)).join("\n")
        : Deno.readTextFileSync(join(folder, file)),
    }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The name of a part that the bundler makes. It depends on the folder of the project. */
const PART_NAME = /-[A-Z0-9]{8}\.js\b/g;

/** Names each part after what is in it and in the parts that it leads to. */
async function withStableNames(outputs: readonly Output[]): Promise<Output[]> {
  const parts = outputs.filter(({ name }) => name.search(PART_NAME) >= 0 && name.endsWith(".js"));
  const names = new Map<string, string>();
  for (const part of parts) {
    const contents = [part, ...partsBehind(part, parts)].map(({ text }) =>
      text.replaceAll(PART_NAME, "")
    );
    const hash = await sha256Of(JSON.stringify([contents[0], ...contents.slice(1).sort()]));
    names.set(part.name, part.name.replace(PART_NAME, `-${hash.slice(0, 8)}.js`));
  }
  if (new Set(names.values()).size < names.size) throw new Error("Two parts have one name");
  const rename = (name: string) => names.get(name) ?? name;
  return outputs.map(({ name, text }) => ({
    name: rename(name),
    text: text.replaceAll(/(?<=\.\/)[\w-]+-[A-Z0-9]{8}\.js\b/g, rename),
  }));
}

/** The parts that a part imports, now or later, and those that these import. */
function partsBehind(part: Output, parts: readonly Output[]): Output[] {
  const found = new Set<Output>();
  const follow = ({ text }: Output) => {
    for (const other of parts) {
      if (found.has(other) || !text.includes(`"./${other.name}"`)) continue;
      found.add(other);
      follow(other);
    }
  };
  follow(part);
  found.delete(part);
  return [...found];
}

/** The table of limits, as the bundler writes it. */
const LIMITS_TABLE = /\{controlBytes:\d[^{}]*\}/g;

/** Without the limits that only servers and terminals have: the bundler keeps the whole table. */
function withUsedLimits(outputs: readonly Output[]): Output[] {
  const used = new Set(
    outputs.flatMap(({ text }) => text.replace(LIMITS_TABLE, "").match(/\w+/g) ?? []),
  );
  const shorten = (table: string) =>
    table.replace(/(\w+):[^,}]*,?/g, (entry, name) => used.has(name) ? entry : "")
      .replace(",}", "}");
  return outputs.map(({ name, text }) => ({ name, text: text.replace(LIMITS_TABLE, shorten) }));
}

/** What the bundler adds for modules of CommonJS, which do nothing by themselves. */
const HELPERS = "Object.getOwnPropertyDescriptor";

/** Without imports of helpers for their own sake: the page needs none, and would load them first. */
function withoutHelpers(outputs: readonly Output[]): Output[] {
  const isHelper = (file: string) =>
    outputs.some(({ name, text }) => name === file && text.includes(HELPERS) && text.length < 1024);
  return outputs.map(({ name, text }) => ({
    name,
    text: text.replace(
      /\bimport"\.\/(chunk-\w+\.js)";/g,
      (statement, file) => isHelper(file) ? "" : statement,
    ),
  }));
}

/** The name under which a bundle is served: the bundler names it after its module. */
function servedName(file: string): string {
  const isOf = (module: string) => file === module.replace(/\.tsx?$/, ".js");
  return Object.entries(ENTRIES).find(([, module]) => isOf(module))?.[0] ?? file;
}

async function runBundler(module: string, folder: string): Promise<void> {
  const options = ["--platform=browser", "--minify", "--code-splitting", "--sourcemap=external"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", ...options, "--outdir", folder, join(PAGE, module)],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
  }).output();
  if (!success) throw new Error(`Cannot bundle the page: ${new TextDecoder().decode(stderr)}`);
}

/** The paths of the modules in the bundles. */
function sourcesOf(outputs: readonly Output[]): string[] {
  return outputs.filter(({ name }) => name.endsWith(".map"))
    .flatMap(({ text }) => text.split("\n"));
}

async function sha256Of(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(hash).toHex();
}

if (import.meta.main) {
  await Deno.mkdir(dirname(ASSETS_FILE), { recursive: true });
  await Deno.writeTextFile(ASSETS_FILE, formatAssets(await buildAssets()));
}
