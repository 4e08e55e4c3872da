import { assertEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { PathResolver } from "../../lib/files/path_resolver.ts";
import { BatchJobs } from "../../lib/worker/batch_jobs.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestPool, ThreadWatch } from "../helpers/workers.ts";

Deno.test("BatchJobs: stores a batch on both ends, and frees its content", async () => {
  using temp = new TempDir();
  Deno.mkdirSync(temp.join("root"));
  const jobs = new BatchJobs(new PathResolver());
  const content = () => new Uint8Array([1, 2, 3]);
  const batch = { sizes: [3], mtimes: [0], sha256: sha256Of(content()), exec: [], replace: false };

  const received = {
    ...batch,
    content: content(),
    base: temp.path,
    files: [temp.join("received")],
  };
  assertEquals(jobs.storeFiles(received).results, ["stored"]);
  assertEquals(received.content.buffer.detached, true);
  assertEquals(Deno.readFileSync(temp.join("received")), content());

  const { folder } = await DirectoryStore.open(temp.join("root"));
  const uploaded = { ...batch, content: content(), paths: ["uploaded"], readable: [true] };
  assertEquals(jobs.storeUploads(folder, uploaded).results, ["stored"]);
  assertEquals(uploaded.content.buffer.detached, true);
  assertEquals(Deno.readFileSync(temp.join("root/uploaded")), content());
});

Deno.test({
  name: "BatchJobs.packLocal: answers each batch whose folder was moved meanwhile",
  ignore: Deno.build.os === "windows", // It moves no folder of an open file
  fn: async () => {
    using temp = new TempDir();
    using threads = new ThreadWatch(new URL("../helpers/moving_worker.ts", import.meta.url));
    using pool = new TestPool(1);
    for (const folder of ["first", "second", "third"]) {
      const path = temp.write(`${folder}/a`, "content");
      Deno.utimeSync(path, 0, 0); // It is not just written
      const files = { paths: [path], within: [temp.path], frameBytes: 1_000 };
      const { packed, buffer } = await pool.use((worker) => worker.call("packLocal", [files]));
      assertEquals([packed, buffer.byteLength], [[], 0]);
    }
    assertEquals(threads.count, 1);
  },
});
