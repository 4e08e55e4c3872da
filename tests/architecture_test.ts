import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { VERSION } from "../lib/version.ts";
import {
  cyclesOf,
  functionsOf,
  importsOf,
  readSource,
  ROOT,
  runsOnImport,
  sourcesBelow,
  takesDeno,
  targetsOf,
} from "./helpers/source_files.ts";

/**
 * The layers of a folder: its folders, each with its level. A file imports only files of its own
 * layer and of layers with a lower level. `.` stands for the files directly in the folder.
 */
const LAYERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "lib": {
    ".": 0,
    async: 1,
    protocol: 1,
    stream: 2,
    discovery: 3,
    files: 3,
    worker: 4,
    accounts: 5,
    transfer: 5,
    chat: 5,
    client: 6,
    cluster: 7,
    server: 8,
    page: 9,
    web: 9,
    cli: 10,
  },
  "lib/stream": { frames: 1, ".": 2, tls: 3 },
  "lib/server": {
    config: 1,
    monitoring: 2,
    context: 3,
    transfers: 4,
    session: 5,
    admission: 6,
    maintenance: 6,
    ".": 7,
  },
  "lib/page": { model: 0, text: 1, net: 2, transfer: 3, state: 4, view: 4, ".": 5 },
  "lib/cli": {
    texts: 1,
    options: 2,
    view: 2,
    terminal: 3,
    commands: 4,
    interactive: 5,
    server: 6,
    client: 7,
  },
};

/** The maximum length of a function, in lines. */
const FUNCTION_LINES = 40;

/** The types of `Deno`, which any file may use. */
const DENO_TYPES = ["Addr", "Conn", "FileInfo", "Listener", "NetAddr", "TcpConn", "TcpListener"];

/** The layer of `folder` that a file belongs to; `null` for a file outside of `folder`. */
function layerOf(folder: string, path: string): string | null {
  if (!path.startsWith(`${folder}/`)) return null;
  const rest = path.slice(folder.length + 1).split("/");
  return rest.length === 1 ? "." : rest[0]!;
}

/** The layer of `lib/` that a file belongs to. */
function folderOf(path: string): string {
  return layerOf("lib", path)!;
}

const SOURCES = [...sourcesBelow("lib")];
const ENTRIES = ["server.ts", "client.ts", "mod.ts"].map(readSource);
/** The only file of `stream/` that hashes: fingerprints of keys. */
const CERTIFICATES = "lib/stream/tls/certificate.ts";
/** The page, and those of its workers that say when they are loaded. */
const PAGE_ENTRIES = ["lib/page/main.tsx", "lib/page/mover.ts", "lib/page/relay.ts"];
const WORKER_ENTRY = "lib/worker/main.ts";
const WATCHDOG_ENTRY = "lib/cli/terminal/stop_watchdog_thread.ts";

function namesAfter(code: string, object: string): string[] {
  return [...code.matchAll(new RegExp(`\\b${object}\\.(\\w+)`, "g"))].map((match) => match[1]!);
}

Deno.test("architecture_test: finds the sources, their imports and their names", () => {
  assert(SOURCES.length > 20);
  const known = importsOf(readSource("lib/stream/frames/frame_reader.ts"));
  assert(known.includes("../../protocol/errors.ts"));
  assert(importsOf(readSource("lib/worker/early_worker.ts")).includes("./main.ts"));
  assert(namesAfter(readSource("lib/files/commit_name.ts").code, "Deno").includes("linkSync"));
});

Deno.test("lib: every file belongs to a layer", () => {
  for (const [folder, layers] of Object.entries(LAYERS)) {
    for (const { path } of SOURCES) {
      const layer = layerOf(folder, path);
      if (layer !== null) assert(layer in layers, path);
    }
  }
});

Deno.test("lib: a file imports only its own layer and lower layers", () => {
  const violations: string[] = [];
  for (const [folder, layers] of Object.entries(LAYERS)) {
    for (const source of SOURCES) {
      const from = layerOf(folder, source.path);
      if (from === null) continue;
      for (const target of targetsOf(source)) {
        const to = layerOf(folder, target);
        const isOutside = to === null && folder !== "lib";
        const isLower = to !== null && (layers[to] ?? Infinity) < layers[from]!;
        if (!isOutside && to !== from && !isLower) {
          violations.push(`${source.path} imports ${target}`);
        }
      }
    }
  }
  assertEquals(violations, []);
});

Deno.test("lib: a server alone loads nothing of a cluster: only types, and what --cluster asks for", () => {
  const value = /^(?:import (?!type\b)|export |\} from ).*"[./]+\/cluster\//m;
  assert(value.test('import { joinCluster } from "../cluster/join.ts";'));
  const violations = SOURCES.filter(({ path, text }) =>
    folderOf(path) !== "cluster" && value.test(text)
  );
  const onlyAsked = [
    "lib/cli/server/manage_cluster.ts",
    "lib/cli/server/make_cluster_key.ts",
    "lib/server/join_as.ts",
  ];
  assertEquals(violations.map(({ path }) => path).filter((path) => !onlyAsked.includes(path)), []);
});

Deno.test("lib: a layer has no subfolders, except for layers of its own", () => {
  const nested = SOURCES.filter(({ path }) => {
    const [, first, second, third] = path.split("/");
    return third !== undefined && (`lib/${first}` in LAYERS ? path.split("/").length > 4 : second);
  });
  assertEquals(nested.map(({ path }) => path), []);
});

Deno.test("lib: imports have no cycles, imports of types included", () => {
  assertEquals(cyclesOf(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["a"]]])), ["a > b > c > a"]);
  assertEquals(cyclesOf(new Map(SOURCES.map((source) => [source.path, targetsOf(source)]))), []);
});

Deno.test("lib: functions have at most 40 lines", () => {
  const long = SOURCES.flatMap(({ path, text }) =>
    functionsOf(text)
      .filter(({ lines }) => lines > FUNCTION_LINES)
      .map(({ head, lines }) => `${path}: ${head} (${lines})`)
  );
  assertEquals(long, []);
});

Deno.test("version.ts: has the version of deno.json", () => {
  assertEquals(VERSION, JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json"))).version);
});

Deno.test("lib: imports packages by the names of the import map", () => {
  const map = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json"))).imports;
  for (const source of [...SOURCES, ...ENTRIES]) {
    for (const specifier of importsOf(source)) {
      if (specifier.startsWith(".") || specifier.startsWith("node:")) continue;
      const isIn = Object.keys(map).some((name) =>
        name.endsWith("/") ? specifier.startsWith(name) : specifier === name
      );
      assert(isIn, `${source.path} imports ${specifier}`);
    }
  }
});

Deno.test("lib: only stream, discovery, files, cli and the worker's entry use Deno", () => {
  const mayTouch = (path: string) =>
    ["stream", "discovery", "files", "cli"].includes(folderOf(path)) || path === WORKER_ENTRY;
  const violations = SOURCES.filter(({ path }) => !mayTouch(path)).flatMap(({ path, code }) =>
    namesAfter(code, "Deno")
      .filter((name) => !DENO_TYPES.includes(name))
      .map((name) => `${path} uses Deno.${name}`)
  );
  assertEquals(violations, []);
});

Deno.test("lib: only these folders use these modules of Node", () => {
  const allowed: Record<string, readonly string[]> = {
    async: ["timers"],
    chat: ["timers"],
    cluster: ["buffer", "timers"],
    cli: ["process", "readline", "stream"],
    discovery: ["buffer", "dgram"],
    files: ["crypto", "fs", "fs/promises", "sqlite"],
    server: ["timers"],
    stream: ["crypto", "dns/promises", "stream", "timers", "tls"],
    web: ["zlib"],
    worker: ["crypto", "fs", "timers", "zlib"],
  };
  const violations = SOURCES.flatMap(({ path, text }) =>
    [...text.matchAll(/^(?:import (?!type\b)|export |\} from |.*\bimport\().*"node:([\w/]+)"/gm)]
      .filter(([, module = ""]) => !allowed[folderOf(path)]?.includes(module))
      .map(([line]) => `${path}: ${line}`)
  );
  assertEquals(violations, []);
});

Deno.test("lib: no file takes Deno as a value", () => {
  assertEquals(SOURCES.filter(takesDeno).map(({ path }) => path), []);
});

Deno.test("lib: only files opens databases, and only files and worker hash by Node", () => {
  const importers = (specifier: string) =>
    SOURCES.filter(({ path }) => path !== CERTIFICATES)
      .filter(({ text }) => new RegExp(`^import \\{.*"${specifier}"`, "m").test(text))
      .map(({ path }) => folderOf(path));
  assertEquals(new Set(importers("node:sqlite")), new Set(["files"]));
  for (const folder of importers("node:crypto")) {
    assert(["files", "worker"].includes(folder), folder);
  }
});

/** Tables of Unicode. */
const PURE_LIBRARIES: readonly string[] = ["unhomoglyph"];

Deno.test("lib/protocol: is pure, without system, time and randomness", () => {
  for (const source of SOURCES.filter(({ path }) => folderOf(path) === "protocol")) {
    const pure = importsOf(source).every((specifier) =>
      specifier.startsWith("./") || PURE_LIBRARIES.includes(specifier)
    );
    assert(pure, `${source.path} imports more than its own folder`);
    assert(
      !/\b(Deno|performance|Date|setTimeout|setInterval|Math\.random|crypto)\b/.test(source.code),
      source.path,
    );
  }
});

Deno.test("lib/cluster: what applies entries knows no clock, no chance and no settings", () => {
  const pure = /^lib\/cluster\/(?:\w+_entries|appliers|decoders|record|state_machine)\.ts$/;
  const appliers = SOURCES.filter(({ path }) => pure.test(path));
  assert(appliers.length >= 6);
  for (const { path, code } of appliers) {
    assert(!/\b(performance|Date|setTimeout|random\w*|crypto|settings)\b/.test(code), path);
  }
});

Deno.test("lib: only cli prints", () => {
  const printing = SOURCES.filter(({ path, code }) =>
    folderOf(path) !== "cli" && /\bconsole\b/.test(code)
  );
  assertEquals(printing.map(({ path }) => path), []);
});

Deno.test("lib: only cli exits the process, and only the entries of the page and of threads run code on import", () => {
  const exiting = SOURCES.filter(({ path, code }) =>
    folderOf(path) !== "cli" && /\bDeno\.exit/.test(code)
  );
  assertEquals(exiting.map(({ path }) => path), []);
  const running = SOURCES.filter((source) => runsOnImport(source).length > 0);
  const paths = running.map(({ path }) => path).sort();
  assertEquals(paths, [WATCHDOG_ENTRY, ...PAGE_ENTRIES, WORKER_ENTRY]);
});

Deno.test("lib: has no barrels, default exports or utils", () => {
  for (const { path, code } of SOURCES) {
    assert(!/^export (?:\*|\{[^}]*\}|type \{[^}]*\}) from/m.test(code), `${path} is a barrel`);
    assert(!/^export default/m.test(code), `${path} has a default export`);
    assert(!/\/(?:utils?|helpers?|common|index|mod)\.tsx?$/.test(path), path);
    assert(/^lib(?:\/[a-z0-9_]+)+\.tsx?$/.test(path), path);
  }
});

Deno.test("lib: has no any and no enum", () => {
  for (const { path, code } of SOURCES) {
    assert(!/(?::|<|\bas)\s*any\b/.test(code), `${path} uses any`);
    assert(!/^\s*(?:export )?(?:const )?enum\b/m.test(code), `${path} has an enum`);
  }
});

/** V8 takes some 125,000 arguments of a call: a longer list, such as that of a tree, throws. */
Deno.test("lib: spreads no list that is awaited into the arguments of push", () => {
  const spreading = SOURCES.filter(({ code }) => /push\(\.\.\.await/.test(code));
  assertEquals(spreading.map(({ path }) => path), []);
});

Deno.test("lib, tests: files have less than 300 lines", () => {
  const long = [...SOURCES, ...sourcesBelow("tests")]
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines >= 300);
  assertEquals(long, []);
});
