import { assertEquals, assertRejects } from "@std/assert";
import type { StoredFile } from "../../lib/files/directory_store.ts";
import { stampOf } from "../../lib/files/file_stamp.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { HashBatcher } from "../../lib/transfer/hash_batcher.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestPool } from "../helpers/workers.ts";

function fileOf(temp: TempDir, name: string, content: Uint8Array): StoredFile {
  const realPath = temp.write(name, content);
  return { realPath, stamp: stampOf(Deno.statSync(realPath)) };
}

Deno.test("HashBatcher: computes hundreds of hashes in one job", async () => {
  using temp = new TempDir();
  using pool = new TestPool(8);
  const hashes = new HashBatcher(pool);
  const contents = Array.from({ length: 300 }, (_, i) => patternedBytes(i));
  const files = contents.map((content, i) => fileOf(temp, `${i}`, content));
  const results = files.map((file) => hashes.get(file));
  await flushTasks();
  assertEquals(pool.jobCount, 1);
  assertEquals(await Promise.all(results), contents.map(sha256Of));
  assertEquals(pool.jobCount, 0);
});

Deno.test("HashBatcher: a file that cannot be hashed fails alone", async () => {
  using temp = new TempDir();
  using pool = new TestPool(1);
  const hashes = new HashBatcher(pool);
  const good = patternedBytes(100);
  const files = ["a", "gone", "changed", "z"].map((name) => fileOf(temp, name, good));
  Deno.removeSync(temp.join("gone"));
  temp.write("changed", patternedBytes(101));
  const results = await Promise.allSettled(files.map((file) => hashes.get(file)));
  const outcomes = results.map((result) =>
    result.status === "fulfilled" ? result.value : (result.reason as RequestError).code
  );
  assertEquals(outcomes, [sha256Of(good), "not-found", "changed", sha256Of(good)]);
  assertEquals(await hashes.get(files[0]!), sha256Of(good));
});

Deno.test("HashBatcher: lets other jobs run between two batches", async () => {
  using temp = new TempDir();
  using pool = new TestPool(1);
  const hashes = new HashBatcher(pool);
  const file = fileOf(temp, "a", patternedBytes(100));
  const order: string[] = [];
  const many = Array.from({ length: 200 }, () => hashes.get(file));
  const other = pool.use(() => Promise.resolve()).then(() => order.push("other"));
  const last = many.at(-1)!.then(() => order.push("last hash"));
  await Promise.all([...many, other, last]);
  assertEquals(order, ["other", "last hash"]);
});

Deno.test("HashBatcher: rejects queued and later files when the pool is closed", async () => {
  using temp = new TempDir();
  using pool = new TestPool(1);
  const hashes = new HashBatcher(pool);
  const file = fileOf(temp, "a", patternedBytes(100));
  const results = Array.from({ length: 100 }, () => hashes.get(file));
  pool.close();
  for (const result of await Promise.allSettled(results)) assertEquals(result.status, "rejected");
  await assertRejects(() => hashes.get(file), Error, "shutting down");
});
