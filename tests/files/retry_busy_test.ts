import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { commitName } from "../../lib/files/commit_name.ts";
import { type AsyncBusyOptions, retryBusy, retryBusyAsync } from "../../lib/files/retry_busy.ts";
import { writePrivateFile } from "../../lib/files/atomic_file.ts";
import { versionPath, writeVersion } from "../../lib/files/part_names.ts";
import { removeQuietly } from "../../lib/files/remove_quietly.ts";
import { findServerState } from "../../lib/files/server_state.ts";
import { UploadParts } from "../../lib/files/upload_parts.ts";
import { TempDir } from "../helpers/temp_dir.ts";

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Work that fails `times` times, and its system, which counts the pauses. */
function failing(times: number, code: string, platform: typeof Deno.build.os = "windows") {
  const pauses: number[] = [];
  let calls = 0;
  const work = () => {
    if (++calls <= times) throw systemError(code);
    return calls;
  };
  return { work, pauses, options: { platform, sleep: (ms: number) => void pauses.push(ms) } };
}

Deno.test("retryBusy: tries again on Windows while a file is busy, with growing pauses", () => {
  for (const code of ["EPERM", "EACCES", "EBUSY"]) {
    const { work, pauses, options } = failing(6, code);
    assertEquals(retryBusy(work, options), 7);
    assertEquals(pauses, [10, 20, 40, 80, 100, 100]);
  }
});

Deno.test("retryBusy: gives up after 5 s, with the error of the system", () => {
  const { work, pauses, options } = failing(Infinity, "EBUSY");
  assertThrows(() => retryBusy(work, options), Error, "EBUSY");
  const waitedMs = pauses.reduce((sum, ms) => sum + ms, 0);
  assert(waitedMs >= 5_000 && waitedMs < 5_100, String(waitedMs));
});

Deno.test("retryBusy: fails at once for other errors, and on other systems", () => {
  for (const [code, platform] of [["ENOSPC", "windows"], ["EBUSY", "linux"], ["EPERM", "darwin"]]) {
    const { work, pauses, options } = failing(1, code!, platform as typeof Deno.build.os);
    assertThrows(() => retryBusy(work, options), Error, code);
    assertEquals(pauses, []);
  }
});

Deno.test("retryBusyAsync: waits, gives up and fails as retryBusy does, and does not block", async () => {
  const attempt = async (times: number, code: string, platform?: typeof Deno.build.os) => {
    const { work, pauses, options } = failing(times, code, platform);
    const sleep = (ms: number) => Promise.resolve(options.sleep(ms));
    const result = await retryBusyAsync(async () => await work(), { ...options, sleep })
      .catch(({ message }: Error) => message);
    return { result, pauses };
  };
  assertEquals(await attempt(6, "EPERM"), { result: 7, pauses: [10, 20, 40, 80, 100, 100] });
  const { result, pauses } = await attempt(Infinity, "EBUSY");
  const waitedMs = pauses.reduce((sum, ms) => sum + ms, 0);
  assert(result === "EBUSY" && waitedMs >= 5_000 && waitedMs < 5_100, String(waitedMs));
  assertEquals(await attempt(1, "ENOSPC"), { result: "ENOSPC", pauses: [] });
  assertEquals(await attempt(1, "EBUSY", "linux"), { result: "EBUSY", pauses: [] });
});

type Failing = "renameSync" | "linkSync" | "removeSync" | "rename" | "remove";

/** Makes a function of Deno fail `times` times until disposed of. */
function failFirst(name: Failing, times: number): Disposable {
  const original = Deno[name] as (...args: unknown[]) => unknown;
  let left = times;
  const fail = () => {
    if (name.endsWith("Sync")) throw systemError("EACCES");
    return Promise.reject(systemError("EACCES"));
  };
  const failing = (...args: unknown[]) => left-- > 0 ? fail() : original(...args);
  Object.assign(Deno, { [name]: failing });
  return { [Symbol.dispose]: () => void Object.assign(Deno, { [name]: original }) };
}

Deno.test("commitName: outlasts a scanner on Windows that holds the file, at each step", () => {
  for (const name of ["renameSync", "linkSync", "removeSync"] as const) {
    using temp = new TempDir();
    const from = temp.write("new.part", "new");
    const ifTaken = name === "renameSync" ? "replace" : "number";
    const final = { directory: temp.path, name: "a.txt", ifTaken } as const;
    const pauses: number[] = [];
    const system = { platform: "windows", sleep: (ms: number) => void pauses.push(ms) } as const;
    {
      using _ = failFirst(name, 3);
      assertEquals(commitName(from, final, system), temp.join("a.txt"));
    }
    assertEquals([pauses, temp.list()], [[10, 20, 40], ["a.txt"]]);
  }
});

/** A Windows on which each pause takes no time, and what it was asked to wait. */
function asyncWindows() {
  const pauses: number[] = [];
  const sleep = (ms: number) => Promise.resolve(void pauses.push(ms));
  return { pauses, system: { platform: "windows", sleep } satisfies AsyncBusyOptions };
}

Deno.test("writePrivateFile: outlasts a scanner on Windows that holds the new file", async () => {
  using temp = new TempDir();
  const path = temp.write("known_hosts", "old");
  const { pauses, system } = asyncWindows();
  using _ = failFirst("rename", 3);
  await writePrivateFile(path, "new", system);
  assertEquals([pauses, temp.list(), Deno.readTextFileSync(path)], [[10, 20, 40], [
    "known_hosts",
  ], "new"]);
});

Deno.test("writePrivateFile: leaves no new file where the old one stays busy", async () => {
  using temp = new TempDir();
  const path = temp.write("known_hosts", "old");
  const { pauses, system } = asyncWindows();
  using _rename = failFirst("rename", Infinity);
  using _remove = failFirst("remove", 2);
  await assertRejects(() => writePrivateFile(path, "new", system), Error, "EACCES");
  assertEquals([pauses.slice(-2), temp.list()], [[10, 20], ["known_hosts"]]);
  assertEquals(Deno.readTextFileSync(path), "old");
});

Deno.test("findServerState: outlasts a scanner on Windows that holds what it moves", async () => {
  using temp = new TempDir();
  temp.write("state/rules", "rules");
  const { pauses, system } = asyncWindows();
  using _ = failFirst("rename", 3);
  const { folder } = await findServerState(temp.join("state"), temp.join("root"), system);
  assertEquals([pauses, Deno.readTextFileSync(`${folder}/rules`)], [[10, 20, 40], "rules"]);
});

Deno.test("UploadParts.sweep: outlasts a scanner on Windows that holds a part, and its folder", async () => {
  for (const times of [1, 3]) {
    using temp = new TempDir();
    temp.write("root/.tcp-chat/1.once", "part");
    const { pauses, system } = asyncWindows();
    using _ = failFirst("remove", times);
    await new UploadParts(temp.join("root"), 0, system).sweep(Date.now() + 60_000);
    assertEquals([pauses.length, temp.list("root")], [times, []]);
  }
});

Deno.test("removeQuietly, writeVersion: outlast a scanner on Windows that holds the old file", () => {
  using temp = new TempDir();
  const part = temp.write("a.part", "part");
  writeVersion(part, "1");
  const { pauses, options } = failing(0, "EACCES");
  {
    using _ = failFirst("removeSync", 3);
    writeVersion(part, "2", options);
  }
  assertEquals(Deno.readTextFileSync(versionPath(part)), "2");
  using _ = failFirst("removeSync", 2);
  removeQuietly(part, options);
  assertEquals([pauses, temp.list().includes("a.part")], [[10, 20, 40, 10, 20], false]);
});
