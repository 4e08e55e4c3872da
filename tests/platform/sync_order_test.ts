import { assert, assertEquals } from "@std/assert";
import { programCommand, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CALLS = "fsync,fdatasync,rename,renameat,renameat2,link,linkat";

/** A system call that has succeeded. */
interface Call {
  readonly name: string;
  /** The text between the parentheses; descriptors include their paths. */
  readonly args: string;
}

const NO_TRACE_REASON = noTraceReason();
const NOTE = NO_TRACE_REASON === null ? "" : ` (left out: ${NO_TRACE_REASON})`;

Deno.test({
  name: `put: the server syncs the file, renames it and syncs the folder before it answers${NOTE}`,
  ignore: NO_TRACE_REASON !== null,
  fn: async () => {
    using folder = new TempDir();
    const source = folder.write("up.bin", "x".repeat(100_000));
    const log = folder.join("trace");
    const folders = { root: folder.join("root"), data: folder.join("data") };
    const command = traced(log, programCommand("server"), ",write,sendto,sendmsg,writev");
    await using server = await ServerProgram.start(folders, ["-u"], { command });
    const put = await run("client", ["put", `127.0.0.1:${server.port}`, source]);
    assertEquals(put.code, 0, put.stderr);
    await server.write("quit\n");
    await server.exitCode();
    const calls = readCalls(log);
    const named = assertOrder(calls, folders.root, "up.bin");
    const answer = calls.findIndex(({ args }) => args.includes("DONE") && args.includes("sha256"));
    assert(named.synced < answer, `The answer came before the folder was synced: ${answer}`);
  },
});

Deno.test({
  name: `get: the client syncs the file, renames it and syncs the folder${NOTE}`,
  ignore: NO_TRACE_REASON !== null,
  fn: async () => {
    using folder = new TempDir();
    folder.write("root/down.bin", "y".repeat(100_000));
    Deno.mkdirSync(folder.join("got"));
    const log = folder.join("trace");
    const folders = { root: folder.join("root"), data: folder.join("data") };
    await using server = await ServerProgram.start(folders);
    const args = ["get", `127.0.0.1:${server.port}`, "down.bin", "-o", folder.join("got")];
    const get = await run(traced(log, programCommand("client")), args);
    assertEquals(get.code, 0, get.stderr);
    assertOrder(readCalls(log), folder.join("got"), "down.bin");
  },
});

/** Asserts the order of data, name and folder; returns the positions of the last two. */
function assertOrder(calls: Call[], folder: string, name: string) {
  const list = () => calls.map(({ name, args }) => `${name}(${args.slice(0, 200)})`).join("\n");
  const isNaming = (call: Call) =>
    /^(rename|link)/.test(call.name) && call.args.includes(`${name}"`);
  const named = calls.findIndex(isNaming);
  assert(named >= 0, `The file got no name:\n${list()}`);
  const isSync = ({ name }: Call) => name === "fsync" || name === "fdatasync";
  const isFolder = ({ args }: Call) => args.includes(`<${folder}>`);
  const data = calls.findIndex((call) => isSync(call) && isPartIn(call, folder));
  assert(data >= 0 && data < named, `The data was not synced first:\n${list()}`);
  const synced = calls.findIndex((call, i) => i > named && isSync(call) && isFolder(call));
  assert(synced > named, `The folder was not synced:\n${list()}`);
  return { named, synced };
}

/** Whether the call is for a file below the folder. */
function isPartIn({ args }: Call, folder: string): boolean {
  return args.includes(`<${folder}/`);
}

/** The command under strace. */
function traced(
  log: string,
  command: readonly string[],
  moreCalls = "",
): readonly [string, ...string[]] {
  return [
    "strace",
    "-f",
    "-y",
    "-s",
    "200",
    "-e",
    `trace=${CALLS}${moreCalls}`,
    "-o",
    log,
    ...command,
  ];
}

/** The calls of a log, in the order of their ends. */
function readCalls(log: string): Call[] {
  const begun = new Map<string, Call>();
  const calls: Call[] = [];
  for (const line of Deno.readTextFileSync(log).split("\n")) {
    const [, pid = "", text = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const unfinished = /^(\w+)\((.*) <unfinished \.\.\.>$/.exec(text);
    if (unfinished !== null) {
      begun.set(pid, { name: unfinished[1]!, args: unfinished[2]! });
      continue;
    }
    if (/ = -1 /.test(text)) continue;
    const call = /^<\.\.\. \w+ resumed>/.test(text) ? begun.get(pid) : parseCall(text);
    if (call !== undefined) calls.push(call);
  }
  return calls;
}

function parseCall(text: string): Call | undefined {
  const [, name, args] = /^(\w+)\((.*)\) += /.exec(text) ?? [];
  return name === undefined || args === undefined ? undefined : { name, args };
}

/** Why the calls cannot be traced, or `null`. */
function noTraceReason(): string | null {
  if (Deno.build.os !== "linux") return "strace needs Linux";
  try {
    const trial = new Deno.Command("strace", { args: ["-f", "true"], stderr: "null" });
    return trial.outputSync().success ? null : "strace is not permitted to trace";
  } catch {
    return "strace is not installed";
  }
}
