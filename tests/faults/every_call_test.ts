import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { UploadStore } from "../../lib/files/upload_store.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import type { CrashPoint } from "../helpers/crash_point.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { contentOf, leavePart, uploadInSteps, type UploadPlan } from "../helpers/upload_steps.ts";

/** Processes at once. */
const AT_ONCE = 4;
const SIZE_BYTES = 4_000;
/** Times that clients give their files. */
const LONG_AGO_MS = 1_500_000_000_000;
const TO_COME_MS = 4_000_000_000_000;
const OTHER = "another file, which was there before";
/** Fewer crashes than that in an upload, and the test has gone blind. */
const LEAST_CRASHES = 20;
const CHILD = fromFileUrl(new URL("../helpers/crash_child.ts", import.meta.url));

/** A kind of upload, and what is there when it begins. */
interface Case {
  readonly name: string;
  readonly plan?: Partial<UploadPlan>;
  /** Whether another file has the name. */
  readonly isTaken?: boolean;
  /** What an earlier try left. */
  readonly part?: Uint8Array<ArrayBuffer>;
  readonly result?: "wrong" | "taken";
  /** Calls that it cannot do without. */
  readonly calls: readonly string[];
}

const CONTENT = patternedBytes(SIZE_BYTES);
const CASES: Case[] = [
  {
    name: "new, in folders that are not there",
    plan: { path: "new/deep/a.bin" },
    calls: ["mkdirSync", "linkSync", "removeSync"],
  },
  {
    name: "in place of another",
    plan: { replace: true, modifiedMs: Date.now() },
    isTaken: true,
    calls: ["renameSync"],
  },
  {
    name: "gone on with",
    part: CONTENT.slice(0, 1_500),
    calls: ["readSync", "linkSync"],
  },
  {
    name: "gone on with, in place of another",
    plan: { replace: true },
    isTaken: true,
    part: CONTENT.slice(),
    calls: ["readSync", "renameSync"],
  },
  {
    name: "gone on with behind something else",
    plan: { replace: true },
    isTaken: true,
    part: patternedBytes(1_500, 2),
    result: "wrong",
    calls: ["readSync", "removeSync"],
  },
  {
    name: "in one piece",
    plan: { isKeyed: false, modifiedMs: TO_COME_MS },
    calls: ["writeSync", "linkSync"],
  },
  {
    name: "whose hash is another",
    plan: { isLie: true },
    result: "wrong",
    calls: ["writeSync", "removeSync"],
  },
  {
    name: "whose name somebody takes meanwhile",
    plan: { isRaced: true },
    isTaken: true,
    result: "taken",
    calls: ["linkSync", "removeSync"],
  },
];

for (const wanted of CASES) {
  Deno.test({
    name: `a crash at any call of an upload ${wanted.name} breaks no promise`,
    ignore: Deno.build.os === "windows", // Whose files go when the last handle does
    fn: async () => {
      const { calls, result } = await runToItsEnd(wanted);
      assertEquals(result, wanted.result ?? "done");
      for (const name of ["tryLockSync", ...wanted.calls]) assert(calls.includes(name), name);
      const points = calls.flatMap((name, i): CrashPoint[] => {
        const point = { call: i + 1, half: false };
        return name === "writeSync" ? [point, { ...point, half: true }] : [point];
      });
      points.push({ call: calls.length + 1, half: false }); // When all is done
      assert(points.length >= LEAST_CRASHES, String(calls));
      await forEach(points, (point) => crash(wanted, point, calls));
    },
  });
}

/** One crash, and all that must hold after it. */
async function crash(wanted: Case, point: CrashPoint, calls: readonly string[]): Promise<void> {
  using folder = new TempDir();
  const plan = await prepare(wanted, folder);
  const where = `${wanted.name}: ${point.half ? "half of " : ""}${point.call} of ${calls}`;
  const { signal, stderr } = await runChild(plan, point);
  assertEquals(signal, point.call <= calls.length ? "SIGKILL" : null, `${where}: ${stderr}`);
  try {
    checkNames(plan, wanted);
    await repeat(plan, wanted);
  } catch (cause) {
    throw new Error(`After ${where}: ${(cause as Error).message}`, { cause });
  }
}

/** Under the name is what was there before, or all of what comes, and beside it nothing. */
function checkNames(plan: UploadPlan, { isTaken, result }: Case): void {
  const found = namesBelow(plan.root);
  const before = isTaken ? OTHER : null;
  const now = readText(`${plan.root}/${plan.path}`);
  const isNew = now === textOf(contentOf(plan));
  assert(isNew ? result === undefined : now === before, `${plan.path} is ${now?.slice(0, 60)}`);
  assertEquals(found, now === null ? [] : [plan.path]);
}

/** The server starts again, and the client tries again, until it has what it wants. */
async function repeat(plan: UploadPlan, { isTaken, part, result }: Case): Promise<void> {
  const uploads = new UploadStore(await DirectoryStore.open(plan.root));
  const worthKeeping = partsBelow(plan.root).filter(isWorthKeeping);
  await uploads.sweep(Date.now());
  assertEquals(partsBelow(plan.root), worthKeeping);
  if (isTaken && !plan.replace) Deno.removeSync(`${plan.root}/${plan.path}`);
  const again = { ...plan, isLie: false, isRaced: false };
  let outcome = await uploadInSteps(again).catch(ifThere);
  // What an earlier try left was something else, and is dropped now
  if (part !== undefined && result === "wrong" && outcome === "wrong") {
    checkNames(plan, { name: "", calls: [], isTaken: isTaken === true, result: "wrong" });
    outcome = await uploadInSteps(again);
  }
  const path = `${plan.root}/${plan.path}`;
  assertEquals(readText(path), textOf(contentOf(plan)));
  assert(outcome === "done" || outcome === "there", outcome);
  assertEquals(Deno.statSync(path).mtime?.getTime(), plan.modifiedMs);
  assertEquals([namesBelow(plan.root), partsBelow(plan.root)], [[plan.path], []]);
}

function ifThere(error: unknown): "there" {
  if (error instanceof RequestError && error.code === "exists") return "there";
  throw error;
}

async function prepare({ plan, isTaken, part }: Case, folder: TempDir): Promise<UploadPlan> {
  const whole: UploadPlan = {
    root: folder.join("root"),
    path: "a.bin",
    sizeBytes: SIZE_BYTES,
    modifiedMs: LONG_AGO_MS,
    replace: false,
    isKeyed: true,
    isLie: false,
    isRaced: false,
    ...plan,
  };
  Deno.mkdirSync(whole.root);
  if (part !== undefined) await leavePart(whole, part);
  if (isTaken) folder.write(`root/${whole.path}`, OTHER);
  return whole;
}

async function runToItsEnd(wanted: Case): Promise<{ calls: string[]; result: string }> {
  using folder = new TempDir();
  const child = await runChild(await prepare(wanted, folder), { call: 0, half: false });
  assert(child.success, child.stderr);
  return JSON.parse(child.stdout);
}

async function runChild(plan: UploadPlan, point: CrashPoint) {
  const args = ["run", "-q", "-A", "--no-prompt", CHILD, JSON.stringify(plan)];
  const command = new Deno.Command(Deno.execPath(), { args: [...args, JSON.stringify(point)] });
  const { success, signal, stdout, stderr } = await command.output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, signal, stdout: decode(stdout), stderr: decode(stderr) };
}

/** Works on some at once. */
async function forEach<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const workOn = async () => {
    for (const one of left) await work(one);
  };
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, workOn));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** What clients see, relative to the root. */
function namesBelow(root: string, folder = ""): string[] {
  return [...Deno.readDirSync(`${root}/${folder}`)].flatMap(({ name, isDirectory }) => {
    if (name === ".tcp-chat") return [];
    return isDirectory ? namesBelow(root, `${folder}${name}/`) : [`${folder}${name}`];
  }).sort();
}

/** The paths of what lies in the folder for uploads under way. */
function partsBelow(root: string): string[] {
  const folder = `${root}/.tcp-chat`;
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => `${folder}/${name}`);
  } catch {
    return []; // It is not there yet
  }
}

/** The client can go on with it, and it has no other name. */
function isWorthKeeping(part: string): boolean {
  return part.endsWith(".upload") && Deno.statSync(part).nlink === 1;
}

function readText(path: string): string | null {
  try {
    return textOf(Deno.readFileSync(path));
  } catch {
    return null;
  }
}

/** Keeps every byte. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
