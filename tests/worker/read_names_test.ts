import { assert, assertEquals, assertRejects } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { NAMES_PER_PIECE } from "../../lib/files/folder_names.ts";
import { readNames } from "../../lib/worker/read_names.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { WatchedWorker } from "../helpers/workers.ts";

/** Three pieces, the last with a single name. */
const COUNT = 2 * NAMES_PER_PIECE + 1;

async function setUp(count: number) {
  const stack = new DisposableStack();
  const temp = stack.use(TempDir.inMemory());
  for (let i = 0; i < count; i++) temp.write(`large/${i} \u00e9`, "");
  const { folder } = await DirectoryStore.open(temp.path);
  const worker = stack.use(new WatchedWorker());
  const read = (first: string | null, signal?: AbortSignal) =>
    readNames(worker, folder, { realPath: temp.join("large"), first }, signal);
  return { temp, worker, read, [Symbol.dispose]: () => stack.dispose() };
}

Deno.test("readNames: returns all names, sorted, in pieces of bounded work", async () => {
  using fixture = await setUp(COUNT);
  const names = (await fixture.read(null)).map(({ name }) => name);
  const wanted = Array.from({ length: COUNT }, (_, i) => `${i} \u00e9`).sort();
  assertEquals(names, wanted);
  const count = (name: string) => fixture.worker.calls.filter((call) => call === name).length;
  assertEquals([count("startNames"), count("sortNames"), count("takeNames")], [1, 3, 4]);
  const middle = wanted[NAMES_PER_PIECE]!;
  assertEquals((await fixture.read(middle))[0]?.name, middle);
});

Deno.test("readNames: takes one call for a folder with few names", async () => {
  using fixture = await setUp(NAMES_PER_PIECE);
  assertEquals((await fixture.read(null)).length, NAMES_PER_PIECE);
  assertEquals(fixture.worker.calls, ["startNames"]);
});

Deno.test("readNames: is empty for an empty folder, and fails for a missing one", async () => {
  using fixture = await setUp(1);
  Deno.removeSync(fixture.temp.join("large/0 \u00e9"));
  assertEquals(await fixture.read(null), []);
  Deno.removeSync(fixture.temp.join("large"));
  await assertRejects(() => fixture.read(null));
});

Deno.test("readNames: makes no further call once its signal has fired", async () => {
  using fixture = await setUp(COUNT);
  const { worker } = fixture;
  const reason = new Error("the client has left");
  for (const [last, calls] of [["startNames", 1], ["sortNames", 2], ["takeNames", 5]] as const) {
    const abort = new AbortController();
    worker.calls.length = 0;
    worker.onCall = (name) => {
      if (name === last) abort.abort(reason);
    };
    const error = await assertRejects(() => fixture.read(null, abort.signal));
    assert(error === reason);
    assertEquals([worker.calls.at(-1), worker.calls.length], [last, calls]);
  }
});
