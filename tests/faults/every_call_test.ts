import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { UploadStore } from "../../lib/files/upload_store.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import type { CrashPoint } from "../helpers/crash_point.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { contentOf, leavePart, uploadInSteps, type UploadPlan } from "../helpers/upload_steps.ts";

/** Concurrent processes. */
const MAX_PROCESSES = 4;
const SIZE_BYTES = 4_000;
/** Modification times that clients send. */
const PAST_MS = 1_500_000_000_000;
const FUTURE_MS = 4_000_000_000_000;
const OTHER = "the content of another file";
/** With fewer crash points in an upload, the test does not see the calls. */
const MIN_CRASHES = 20;
const CHILD = fromFileUrl(new URL("../helpers/crash_child.ts", import.meta.url));

/** A kind of upload, and the state before it. */
interface Case {
  readonly name: string;
  readonly plan?: Partial<UploadPlan>;
  /** Whether another file has the final name. */
  readonly isTaken?: boolean;
  /** The part of an earlier attempt. */
  readonly part?: Uint8Array<ArrayBuffer>;
  readonly result?: "wrong" | "taken";
  /** Calls that the upload must make. */
  readonly calls: readonly string[];
}

const CONTENT = patternedBytes(SIZE_BYTES);
const CASES: Case[] = [
  {
    name: "of a new file in missing folders",
    plan: { path: "new/deep/a.bin" },
    calls: ["mkdirSync", "linkSync", "removeSync"],
  },
  {
    name: "that replaces a file",
    plan: { replace: true, modifiedMs: Date.now() },
    isTaken: true,
    calls: ["renameSync"],
  },
  {
    name: "that resumes",
    part: CONTENT.slice(0, 1_500),
    calls: ["readSync", "linkSync"],
  },
  {
    name: "that resumes and replaces a file",
    plan: { replace: true },
    isTaken: true,
    part: CONTENT.slice(),
    calls: ["readSync", "renameSync"],
  },
  {
    name: "that resumes a wrong part",
    plan: { replace: true },
    isTaken: true,
    part: patternedBytes(1_500, 2),
    result: "wrong",
    calls: ["readSync", "removeSync"],
  },
  {
    name: "in one piece",
    plan: { isKeyed: false, modifiedMs: FUTURE_MS },
    calls: ["writeSync", "linkSync"],
  },
  {
    name: "with a wrong hash",
    plan: { hasWrongHash: true },
    result: "wrong",
    calls: ["writeSync", "removeSync"],
  },
  {
    name: "whose name another upload gets first",
    plan: { isRaced: true },
    isTaken: true,
    result: "taken",
    calls: ["linkSync", "removeSync"],
  },
];

for (const uploadCase of CASES) {
  Deno.test({
    name: `server crash at any call: an upload ${uploadCase.name} is whole or absent`,
    ignore: Deno.build.os === "windows", // Deletes an open file only when it is closed
    fn: async () => {
      const { calls, result } = await runToEnd(uploadCase);
      assertEquals(result, uploadCase.result ?? "done");
      for (const name of ["tryLockSync", ...uploadCase.calls]) assert(calls.includes(name), name);
      const points = calls.flatMap((name, i): CrashPoint[] => {
        const point = { call: i + 1, half: false };
        return name === "writeSync" ? [point, { ...point, half: true }] : [point];
      });
      points.push({ call: calls.length + 1, half: false }); // After the last call
      assert(points.length >= MIN_CRASHES, String(calls));
      await forEach(points, (point) => crash(uploadCase, point, calls));
    },
  });
}

/** Crashes an upload once, and checks the state after it. */
async function crash(uploadCase: Case, point: CrashPoint, calls: readonly string[]): Promise<void> {
  using folder = new TempDir();
  const plan = await prepare(uploadCase, folder);
  const where = `${uploadCase.name}: ${point.half ? "half of " : ""}${point.call} of ${calls}`;
  const { signal, stderr } = await runChild(plan, point);
  assertEquals(signal, point.call <= calls.length ? "SIGKILL" : null, `${where}: ${stderr}`);
  try {
    checkNames(plan, uploadCase);
    await repeat(plan, uploadCase);
  } catch (cause) {
    throw new Error(`After ${where}: ${(cause as Error).message}`, { cause });
  }
}

/** The final name has the old file or the whole new one, and no other name exists. */
function checkNames(plan: UploadPlan, { isTaken, result }: Case): void {
  const found = namesBelow(plan.root);
  const before = isTaken ? OTHER : null;
  const current = readText(`${plan.root}/${plan.path}`);
  const isNew = current === textOf(contentOf(plan));
  assert(
    isNew ? result === undefined : current === before,
    `${plan.path} is ${current?.slice(0, 60)}`,
  );
  assertEquals(found, current === null ? [] : [plan.path]);
}

/** Sweeps as a restarted server does, and repeats the upload until it succeeds. */
async function repeat(plan: UploadPlan, { isTaken, part, result }: Case): Promise<void> {
  const uploads = new UploadStore(await DirectoryStore.open(plan.root));
  await uploads.parts.discover(new AbortController().signal);
  const resumable = partsBelow(plan.root).filter(isResumable);
  await uploads.parts.sweep(Date.now());
  assertEquals(partsBelow(plan.root), resumable);
  if (isTaken && !plan.replace) Deno.removeSync(`${plan.root}/${plan.path}`);
  const again = { ...plan, hasWrongHash: false, isRaced: false };
  let outcome = await uploadInSteps(again).catch(asThere);
  // The wrong part of an earlier attempt is dropped now
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

function asThere(error: unknown): "there" {
  if (error instanceof RequestError && error.code === "exists") return "there";
  throw error;
}

async function prepare({ plan, isTaken, part }: Case, folder: TempDir): Promise<UploadPlan> {
  const whole: UploadPlan = {
    root: folder.join("root"),
    path: "a.bin",
    sizeBytes: SIZE_BYTES,
    modifiedMs: PAST_MS,
    replace: false,
    isKeyed: true,
    hasWrongHash: false,
    isRaced: false,
    ...plan,
  };
  Deno.mkdirSync(whole.root);
  if (part !== undefined) await leavePart(whole, part);
  if (isTaken) folder.write(`root/${whole.path}`, OTHER);
  return whole;
}

async function runToEnd(uploadCase: Case): Promise<{ calls: string[]; result: string }> {
  using folder = new TempDir();
  const child = await runChild(await prepare(uploadCase, folder), { call: 0, half: false });
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

/** Runs `work` on all items, several at a time. */
async function forEach<T>(all: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = all.values();
  const workThrough = async () => {
    for (const item of left) await work(item);
  };
  const results = await Promise.allSettled(Array.from({ length: MAX_PROCESSES }, workThrough));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

/** The files that clients see, relative to the root. */
function namesBelow(root: string, folder = ""): string[] {
  return [...Deno.readDirSync(`${root}/${folder}`)].flatMap(({ name, isDirectory }) => {
    if (name === ".tcp-chat") return [];
    return isDirectory ? namesBelow(root, `${folder}${name}/`) : [`${folder}${name}`];
  }).sort();
}

/** The paths of all parts in private folders. */
function partsBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return partsBelow(`${folder}/${name}`);
    return folder.endsWith("/.tcp-chat") ? [`${folder}/${name}`] : [];
  });
}

/** The part of a keyed upload, without its final name. */
function isResumable(part: string): boolean {
  return part.endsWith(".upload") && Deno.statSync(part).nlink === 1;
}

function readText(path: string): string | null {
  try {
    return textOf(Deno.readFileSync(path));
  } catch {
    return null;
  }
}

/** Maps every byte to one character. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
