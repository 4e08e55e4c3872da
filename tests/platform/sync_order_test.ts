import { assert, assertEquals } from "@std/assert";
import { programCommand, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CALLS = "fsync,fdatasync,rename,renameat,renameat2,link,linkat";

/** One call that has succeeded, in the order of their ends. */
interface Call {
  readonly name: string;
  /** What is between the brackets; descriptors come with their paths. */
  readonly args: string;
}

const WHY_NOT = whyNot();
const NOTE = WHY_NOT === null ? "" : ` (left out: ${WHY_NOT})`;

Deno.test({
  name: `an upload is synced, named, and its folder synced before it is answered${NOTE}`,
  ignore: WHY_NOT !== null,
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
  name: `a download is synced, named, and its folder synced${NOTE}`,
  ignore: WHY_NOT !== null,
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

/** Fails unless data, name and folder came in that order; where the last two stand. */
function assertOrder(calls: Call[], folder: string, name: string) {
  const told = () => calls.map(({ name, args }) => `${name}(${args.slice(0, 200)})`).join("\n");
  const isNaming = (call: Call) =>
    /^(rename|link)/.test(call.name) && call.args.includes(`${name}"`);
  const named = calls.findIndex(isNaming);
  assert(named >= 0, `It got no name:\n${told()}`);
  const isSync = ({ name }: Call) => name === "fsync" || name === "fdatasync";
  const isFolder = ({ args }: Call) => args.includes(`<${folder}>`);
  const data = calls.findIndex((call) => isSync(call) && isPartIn(call, folder));
  assert(data >= 0 && data < named, `The data was not synced first:\n${told()}`);
  const synced = calls.findIndex((call, i) => i > named && isSync(call) && isFolder(call));
  assert(synced > named, `The folder was not synced:\n${told()}`);
  return { named, synced };
}

/** Whether it is about a file that is somewhere in the folder. */
function isPartIn({ args }: Call, folder: string): boolean {
  return args.includes(`<${folder}/`);
}

/** A command under strace. */
function traced(
  log: string,
  command: readonly string[],
  more = "",
): readonly [string, ...string[]] {
  return ["strace", "-f", "-y", "-s", "200", "-e", `trace=${CALLS}${more}`, "-o", log, ...command];
}

/** The calls of a log; one that others interrupted stands where it ended. */
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

/** Why there can be no trace, or `null`. */
function whyNot(): string | null {
  if (Deno.build.os !== "linux") return "it takes strace, which is for Linux";
  try {
    const trial = new Deno.Command("strace", { args: ["-f", "true"], stderr: "null" });
    return trial.outputSync().success ? null : "strace is not permitted to trace";
  } catch {
    return "strace is not installed";
  }
}
