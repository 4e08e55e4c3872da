import { assert, assertEquals, assertThrows } from "@std/assert";
import { commitName } from "../../lib/files/commit_name.ts";
import { retryBusy } from "../../lib/files/retry_busy.ts";
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

/** Makes a function of Deno fail `times` times until disposed of. */
function failFirst(name: "renameSync" | "linkSync" | "removeSync", times: number): Disposable {
  const original = Deno[name] as (...args: unknown[]) => void;
  let left = times;
  const failing = (...args: unknown[]) => {
    if (left-- > 0) throw systemError("EACCES");
    original(...args);
  };
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
