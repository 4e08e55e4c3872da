import { assertEquals } from "@std/assert";
import { stampOf } from "../../lib/files/file_stamp.ts";
import { type BatchPolicy, type ReceivedFile, storeBatch } from "../../lib/files/store_batch.ts";
import { bytesOf } from "../helpers/raw_peer.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

function received(temp: TempDir, name: string, content: string): ReceivedFile {
  return {
    directory: temp.path,
    name,
    bytes: bytesOf(content),
    modifiedMs: 1_000,
    sha256: sha256Of(content),
  };
}

function store(temp: TempDir, files: readonly ReceivedFile[], policy: Partial<BatchPolicy> = {}) {
  const outcomes = storeBatch(files, { base: temp.path, ifTaken: "refuse", ...policy });
  return outcomes.map((outcome) =>
    "path" in outcome ? [outcome.result, outcome.path.slice(temp.path.length + 1)] : outcome.result
  );
}

Deno.test("storeBatch: stores more files than are open at a time, and leaves nothing else", () => {
  using temp = new TempDir();
  const names = Array.from({ length: 130 }, (_, i) => `${i}`);
  const results = store(temp, names.map((name) => received(temp, name, name)));
  assertEquals(results, names.map((name) => ["stored", name]));
  assertEquals(temp.list(), names.toSorted());
  assertEquals(Deno.readTextFileSync(temp.join("129")), "129");
  assertEquals(Deno.statSync(temp.join("0")).mtime, new Date(1_000));
});

/** Calls `run` with all syncs of files handed to `onSync`, which gets the real one. */
function withSyncs(onSync: (sync: () => void) => void, run: () => void): void {
  const { prototype } = Deno.FsFile;
  const { syncSync } = prototype;
  prototype.syncSync = function () {
    onSync(() => syncSync.call(this));
  };
  try {
    run();
  } finally {
    prototype.syncSync = syncSync;
  }
}

Deno.test("storeBatch: syncs each file once all are written, and before one has its name", () => {
  using temp = new TempDir();
  const files = ["a", "b", "c"].map((name) => received(temp, name, name));
  const sizes: string[] = [];
  let named = 0;
  const onSync = (sync: () => void) => {
    const parts = [...Deno.readDirSync(temp.join(".tcp-chat"))].map(({ name }) => name)
      .filter((name) => name.endsWith(".batch"));
    sizes.push(parts.map((name) => Deno.statSync(temp.join(".tcp-chat", name)).size).join());
    named += Number(temp.list().includes("a"));
    sync();
  };
  withSyncs(onSync, () => {
    assertEquals(store(temp, files), [["stored", "a"], ["stored", "b"], ["stored", "c"]]);
  });
  assertEquals(sizes.slice(0, 3), ["1,1,1", "1,1,1", "1,1,1"]);
  assertEquals(named, sizes.length - 3); // The folder is synced behind the names
});

Deno.test("storeBatch: gives no name to what cannot be made durable, nor to what is behind it", () => {
  using temp = new TempDir();
  const files = ["a", "b", "c"].map((name) => received(temp, name, name));
  let calls = 0;
  const onSync = (sync: () => void) => {
    if (++calls === 2) throw new Error("EIO");
    sync();
  };
  withSyncs(onSync, () => {
    assertEquals(store(temp, files), [["stored", "a"], "failed", "failed"]);
  });
  assertEquals(temp.list(), ["a"]);
});

Deno.test("storeBatch: stores what was written before the disk is full", () => {
  using temp = new TempDir();
  const { prototype } = Deno.FsFile;
  const { writeSync } = prototype;
  prototype.writeSync = function (bytes) {
    if (bytes[0] === "c".charCodeAt(0)) throw new Error("ENOSPC");
    return writeSync.call(this, bytes);
  };
  try {
    const files = ["a", "b", "c", "d"].map((name) => received(temp, name, name));
    assertEquals(store(temp, files), [["stored", "a"], ["stored", "b"], "failed", "failed"]);
  } finally {
    prototype.writeSync = writeSync;
  }
  assertEquals(temp.list(), ["a", "b"]);
});

Deno.test("storeBatch: gives no name to wrong content, and stores the others", () => {
  using temp = new TempDir();
  const wrong = { ...received(temp, "b", "b"), sha256: sha256Of("c") };
  const files = [received(temp, "a", "a"), wrong, received(temp, "c", "c")];
  assertEquals(store(temp, files), [["stored", "a"], "wrong", ["stored", "c"]]);
  assertEquals(temp.list(), ["a", "c"]);
});

Deno.test("storeBatch: refuses, numbers or replaces a taken name", () => {
  using temp = new TempDir();
  const again = () => [received(temp, "a", "new")];
  temp.write("a", "old");
  assertEquals(store(temp, again()), ["taken"]);
  assertEquals(Deno.readTextFileSync(temp.join("a")), "old");
  assertEquals(store(temp, again(), { ifTaken: "number" }), [["stored", "a (1)"]]);
  assertEquals(store(temp, again(), { ifTaken: "number" }), [["same", "a (1)"]]);
  assertEquals(store(temp, again(), { ifTaken: "replace" }), [["stored", "a"]]);
  assertEquals(store(temp, again(), { ifTaken: "replace" }), [["same", "a"]]);
  assertEquals(temp.list(), ["a", "a (1)"]);
});

Deno.test("storeBatch: tells in which state each file was stored, and of none that was there", () => {
  for (const ifTaken of ["refuse", "number", "replace"] as const) {
    using temp = new TempDir();
    const files = ["a", "b"].map((name) => received(temp, name, name));
    const stampsOf = () =>
      storeBatch(files, { base: temp.path, ifTaken })
        .map((outcome) => outcome.result === "stored" ? outcome.stamp : outcome.result);
    assertEquals(stampsOf(), ["a", "b"].map((name) => stampOf(Deno.statSync(temp.join(name)))));
    if (ifTaken !== "refuse") assertEquals(stampsOf(), ["same", "same"]);
  }
});

Deno.test("storeBatch: replaces no file of the same batch", () => {
  using temp = new TempDir();
  const files = [received(temp, "a", "1"), received(temp, "a", "2")];
  assertEquals(store(temp, files, { ifTaken: "replace" }), [["stored", "a"], "made"]);
  assertEquals(Deno.readTextFileSync(temp.join("a")), "1");
});

Deno.test("storeBatch: gives no name when the place is not what it was", () => {
  using temp = new TempDir();
  const check = () => {
    throw new Error("gone");
  };
  const files = Array.from({ length: 70 }, (_, i) => received(temp, `${i}`, "x"));
  assertEquals(store(temp, files, { check }), files.map(() => "failed"));
  assertEquals(temp.list(), []);
});

Deno.test("storeBatch: fails for a folder that is not there, and for all behind it", () => {
  using temp = new TempDir();
  const lost = { ...received(temp, "b", "b"), directory: temp.join("missing") };
  const files = [received(temp, "a", "a"), lost];
  const more = Array.from({ length: 70 }, (_, i) => received(temp, `m${i}`, "x"));
  assertEquals(store(temp, [...files, ...more]), [
    ["stored", "a"],
    "failed",
    ...more.slice(0, 62).map(({ name }) => ["stored", name]),
    ...more.slice(62).map(() => "failed"),
  ]);
});
