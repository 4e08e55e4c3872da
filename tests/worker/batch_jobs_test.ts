import { assertEquals } from "@std/assert";
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { PathResolver } from "../../lib/files/path_resolver.ts";
import { BatchJobs } from "../../lib/worker/batch_jobs.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

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
