import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join, relative } from "@std/path";

const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** The folders of `lib/`: a file imports its own folder or one of a lower number. */
const LEVELS: Record<string, number> = {
  protocol: 1,
  stream: 2,
  files: 3,
  worker: 4,
  accounts: 5,
  transfer: 5,
  chat: 5,
  client: 6,
  server: 6,
  cli: 8,
};

/** Where the version is read from, the one import that leads out of `lib/`. */
const VERSION_SOURCE = "../../deno.json";

/** What of `Deno` is a type only: it touches nothing. */
const DENO_TYPES = ["Addr", "Conn", "FileInfo", "Listener", "NetAddr", "TcpConn", "TcpListener"];

interface SourceFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments and strings. */
  readonly code: string;
}

function* sourcesBelow(folder: string): Generator<SourceFile> {
  for (const entry of Deno.readDirSync(join(ROOT, folder))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* sourcesBelow(path);
    else if (path.endsWith(".ts") && !path.endsWith(".d.ts")) yield readSource(path);
  }
}

function readSource(path: string): SourceFile {
  const text = Deno.readTextFileSync(join(ROOT, path));
  return { path, text, code: codeOf(text) };
}

/** Leaves out comments, and the contents of strings that are not templates. */
function codeOf(text: string): string {
  return text
    .replace(/"(?:[^"\\\n]|\\.)*"/g, '""')
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\/\/.*$/gm, "");
}

/** What a file imports, and the modules that it names by their URL. */
function importsOf({ text }: SourceFile): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const patterns = [
    /\bfrom\s+"([^"]+)"/g,
    /\bimport\s+"([^"]+)"/g,
    /\bimport\(\s*"([^"]+)"/g,
    /new URL\(\s*"([^"]+)",\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!));
}

/** The folder of `lib/` that a file lies in. */
function folderOf(path: string): string {
  return path.split("/")[1]!;
}

const SOURCES = [...sourcesBelow("lib")];
const ENTRIES = ["server.ts", "client.ts", "mod.ts"].map(readSource);
/** The one file of the streams that hashes: fingerprints of keys. */
const CERTIFICATES = "lib/stream/certificate.ts";
const WORKER_ENTRY = "lib/worker/main.ts";

function namesAfter(code: string, object: string): string[] {
  return [...code.matchAll(new RegExp(`\\b${object}\\.(\\w+)`, "g"))].map((match) => match[1]!);
}

Deno.test("the rules are read from files that are there", () => {
  assert(SOURCES.length > 20);
  const known = importsOf(readSource("lib/stream/frame_reader.ts"));
  assert(known.includes("../protocol/errors.ts"));
  assert(importsOf(readSource("lib/worker/file_worker.ts")).includes("./main.ts"));
  assert(namesAfter(readSource("lib/files/place_file.ts").code, "Deno").includes("linkSync"));
});

Deno.test("every file of lib lies in a folder that the architecture knows", () => {
  for (const { path } of SOURCES) assert(folderOf(path) in LEVELS, path);
});

Deno.test("a file imports its own folder or a lower one", () => {
  const breaches: string[] = [];
  for (const source of SOURCES) {
    const folder = folderOf(source.path);
    for (const specifier of importsOf(source)) {
      if (!specifier.startsWith(".") || specifier === VERSION_SOURCE) continue;
      const target = relative(ROOT, join(ROOT, dirname(source.path), specifier));
      const other = folderOf(target.replaceAll("\\", "/"));
      const isLower = (LEVELS[other] ?? Infinity) < LEVELS[folder]!;
      if (other !== folder && !isLower) breaches.push(`${source.path} imports ${specifier}`);
    }
  }
  assertEquals(breaches, []);
});

Deno.test("packages are imported by the names that the import map gives them", () => {
  const map = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json"))).imports;
  for (const source of [...SOURCES, ...ENTRIES]) {
    for (const specifier of importsOf(source)) {
      if (specifier.startsWith(".") || specifier.startsWith("node:")) continue;
      assert(specifier in map, `${source.path} imports ${specifier}`);
    }
  }
});

Deno.test("only streams, files, the worker's entry and the programs touch the system", () => {
  const mayTouch = (path: string) =>
    ["stream", "files", "cli"].includes(folderOf(path)) || path === WORKER_ENTRY;
  const breaches = SOURCES.filter(({ path }) => !mayTouch(path)).flatMap(({ path, code }) =>
    namesAfter(code, "Deno")
      .filter((name) => !DENO_TYPES.includes(name))
      .map((name) => `${path} uses Deno.${name}`)
  );
  assertEquals(breaches, []);
});

Deno.test("only files open databases, and only files, workers and accounts hash", () => {
  const importers = (specifier: string) =>
    SOURCES.filter(({ path }) => path !== CERTIFICATES)
      .filter(({ text }) => new RegExp(`^import \\{.*"${specifier}"`, "m").test(text))
      .map(({ path }) => folderOf(path));
  assertEquals(new Set(importers("node:sqlite")), new Set(["files"]));
  for (const folder of importers("node:crypto")) {
    assert(["files", "worker", "accounts"].includes(folder), folder);
  }
});

Deno.test("protocol is pure: it touches no system, no time and no chance", () => {
  for (const source of SOURCES.filter(({ path }) => folderOf(path) === "protocol")) {
    const pure = importsOf(source).every((specifier) => specifier.startsWith("./"));
    assert(pure, `${source.path} imports more than its own folder`);
    assert(
      !/\b(Deno|performance|Date|setTimeout|setInterval|Math\.random|crypto)\b/.test(source.code),
      source.path,
    );
  }
});

Deno.test("only the programs print", () => {
  const printing = SOURCES.filter(({ path, code }) =>
    folderOf(path) !== "cli" && /\bconsole\b/.test(code)
  );
  assertEquals(printing.map(({ path }) => path), []);
});

Deno.test("only the entries exit the process, and only they and the worker's run code", () => {
  const exiting = SOURCES.filter(({ path, code }) =>
    folderOf(path) !== "cli" && /\bDeno\.exit/.test(code)
  );
  assertEquals(exiting.map(({ path }) => path), []);
  // A call or an await at the beginning of a line stands outside every function
  const running = SOURCES.filter(({ code }) => /^(?:await\b|[a-zA-Z_.]+\()/m.test(code));
  assertEquals(running.map(({ path }) => path), [WORKER_ENTRY]);
});

Deno.test("lib has no barrels, default exports or utils", () => {
  for (const { path, code } of SOURCES) {
    assert(!/^export (?:\*|\{[^}]*\}|type \{[^}]*\}) from/m.test(code), `${path} is a barrel`);
    assert(!/^export default/m.test(code), `${path} has a default export`);
    assert(!/\/(?:utils?|helpers?|common|index|mod)\.ts$/.test(path), path);
    assert(/^lib(?:\/[a-z0-9_]+)+\.ts$/.test(path), path);
  }
});

Deno.test("lib has no any and no enum", () => {
  for (const { path, code } of SOURCES) {
    assert(!/(?::|<|\bas)\s*any\b/.test(code), `${path} uses any`);
    assert(!/^\s*(?:export )?(?:const )?enum\b/m.test(code), `${path} has an enum`);
  }
});

Deno.test("files stay below 300 lines", () => {
  const long = [...SOURCES, ...sourcesBelow("tests")]
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines >= 300);
  assertEquals(long, []);
});
