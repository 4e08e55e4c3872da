import { assert, assertEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { stampOf } from "../../lib/files/file_stamp.ts";
import { makeServedFolder } from "../../lib/files/new_folder.ts";
import { PathResolver } from "../../lib/files/path_resolver.ts";
import { takeNameBack } from "../../lib/files/take_name_back.ts";
import { WorkerJobs } from "../../lib/worker/jobs.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { PowerCut, type Tree } from "../helpers/power_cut.ts";
import { detailsOf, targetIn } from "../helpers/targets.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { contentOf, leavePart, uploadInSteps, type UploadPlan } from "../helpers/upload_steps.ts";

const SIZE_BYTES = 4_000;
const OTHER = "the content of another file";
/** With fewer calls, the test does not see them all. */
const MIN_CALLS = 7;

/** A kind of upload, and the state before it. */
interface Case {
  readonly name: string;
  readonly plan?: Partial<UploadPlan>;
  readonly isTaken?: boolean;
  readonly part?: Uint8Array<ArrayBuffer>;
}

const CASES: Case[] = [
  { name: "of a new file" },
  { name: "of a new file in missing folders", plan: { path: "new/deep/a.bin" } },
  { name: "in one piece", plan: { isKeyed: false } },
  { name: "that replaces a file", plan: { replace: true }, isTaken: true },
  { name: "that resumes", part: patternedBytes(SIZE_BYTES).slice(0, 1_500) },
  { name: "whose part is whole", part: patternedBytes(SIZE_BYTES) },
];

for (const { name, plan, isTaken = false, part } of CASES) {
  Deno.test({
    name: `power cut at any call: an upload ${name} is whole or absent`,
    ignore: Deno.build.os === "windows", // Folders are not synced there
    fn: async () => {
      using folder = new TempDir();
      const whole = planIn(folder, plan);
      if (part !== undefined) await leavePart(whole, part);
      if (isTaken) folder.write(`root/${whole.path}`, OTHER);
      const wanted = textOf(contentOf(whole));
      const calls = await watch(folder.join("root"), async (check) => {
        const before = isTaken ? OTHER : null;
        check((tree) => [before, wanted].includes(textAt(tree, whole.path)));
        assertEquals(await uploadInSteps(whole), "done");
        check((tree) => textAt(tree, whole.path) === wanted);
      });
      assert(calls.length >= MIN_CALLS, String(calls));
    },
  });
}

Deno.test({
  name: "power cut after an upload into a new folder: the file stays",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = new TempDir();
    const plan = planIn(folder, { path: "new/deep/a.bin" });
    const { folder: served } = await DirectoryStore.open(plan.root);
    await watch(plan.root, async (check) => {
      makeServedFolder(new PathResolver(), served, "new/deep", "new/deep");
      assertEquals(await uploadInSteps(plan), "done");
      check((tree) => textAt(tree, plan.path) === textOf(contentOf(plan)));
    });
  },
});

for (const ifTaken of ["number", "replace"] as const) {
  Deno.test({
    name: `power cut at any call: a download with a taken name is whole or absent: ${ifTaken}`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      using folder = new TempDir();
      folder.write("root/a.bin", OTHER);
      const content = patternedBytes(SIZE_BYTES);
      const target = targetIn(folder.join("root"), { ifTaken });
      const [name, others] = ifTaken === "number" ? ["a (1).bin", [null]] : ["a.bin", [OTHER]];
      const calls = await watch(folder.join("root"), (check) => {
        check((tree) => {
          const isRight = [...others!, textOf(content)].includes(textAt(tree, name as string));
          return isRight && (ifTaken === "replace" || textAt(tree, "a.bin") === OTHER);
        });
        const jobs = new WorkerJobs();
        jobs.startReceive(1, target, detailsOf(content, { version: "1" }));
        jobs.write(1, content.slice(0, 1_000));
        jobs.write(1, content.slice(1_000));
        jobs.commit(1, sha256Of(content));
        check((tree) => textAt(tree, name as string) === textOf(content));
      });
      assert(calls.length >= MIN_CALLS, String(calls));
    },
  });
}

Deno.test({
  name: "power cut after a download into missing folders: the file stays",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = new TempDir();
    Deno.mkdirSync(folder.join("root"));
    const content = patternedBytes(SIZE_BYTES);
    await watch(folder.join("root"), (check) => {
      const jobs = new WorkerJobs();
      jobs.startReceive(1, targetIn(folder.join("root/new/deep")), detailsOf(content));
      jobs.write(1, content.slice());
      jobs.commit(1, sha256Of(content));
      check((tree) => textAt(tree, "new/deep/a.bin") === textOf(content));
    });
  },
});

Deno.test({
  name: "power cut at any call: a file that becomes a part again is not lost",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using folder = new TempDir();
    const path = folder.write("root/in/a.bin", OTHER);
    await watch(folder.join("root"), (check) => {
      check((tree) => [...tree.values()].map(textOf).includes(OTHER));
      assertEquals(takeNameBack(path, stampOf(Deno.statSync(path))), folder.join("root/in"));
    });
  },
});

/** Runs `work` and returns its calls; after each, checks every state that a cut may leave. */
async function watch(
  root: string,
  work: (check: (holds: (tree: Tree) => boolean) => void) => Promise<void> | void,
): Promise<string[]> {
  const calls: string[] = [];
  let holds: (tree: Tree) => boolean = () => true;
  const failures: string[] = [];
  const checkOutcomes = () => {
    for (const tree of cut.outcomes) {
      if (holds(tree)) continue;
      const left = [...tree].map(([path, bytes]) => `${path}: ${bytes.length} bytes`);
      failures.push(`after ${calls.join(", ")}: ${left.join(", ") || "nothing"}`);
    }
  };
  using cut = new PowerCut(root, (name) => {
    calls.push(name);
    checkOutcomes();
  });
  await work((condition) => {
    holds = condition;
    checkOutcomes();
  });
  assertEquals(failures, []);
  return calls;
}

function planIn(folder: TempDir, plan: Partial<UploadPlan> = {}): UploadPlan {
  const root = folder.join("root");
  Deno.mkdirSync(root);
  return {
    root,
    path: "a.bin",
    sizeBytes: SIZE_BYTES,
    modifiedMs: 1_500_000_000_000,
    replace: false,
    isKeyed: true,
    hasWrongHash: false,
    isRaced: false,
    ...plan,
  };
}

function textAt(tree: Tree, path: string): string | null {
  const bytes = tree.get(path);
  return bytes === undefined ? null : textOf(bytes);
}

/** Maps every byte to one character. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
