import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import type { FileStamp } from "../../lib/files/file_stamp.ts";
import { HashIndex } from "../../lib/files/hash_index.ts";
import { sha256Of } from "../helpers/bytes.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const MODIFIED_MS = 1_700_000_000_000;
const LATER_MS = MODIFIED_MS + 1_000_000;
const HASH = sha256Of("a");

function stamp(overrides: Partial<FileStamp> = {}): FileStamp {
  return {
    sizeBytes: 5,
    modifiedMs: MODIFIED_MS,
    changedMs: MODIFIED_MS + 1,
    inode: 12,
    ...overrides,
  };
}

/** An index over its own database, which disposal closes. */
function openIndex(path = IN_MEMORY): Disposable & { index: HashIndex } {
  const database = openDatabase(path);
  return { index: new HashIndex(database), [Symbol.dispose]: () => database.close() };
}

Deno.test("HashIndex: finds a stored hash for that path and stamp only", () => {
  using opened = openIndex();
  const { index } = opened;
  assertEquals(index.find("/a", stamp()), null);
  index.store("/a", stamp(), HASH, LATER_MS);
  assertEquals(index.find("/a", stamp()), HASH);
  assertEquals(index.find("/b", stamp()), null);
  for (const key of ["sizeBytes", "modifiedMs", "changedMs", "inode"] as const) {
    for (const step of [1, -1]) {
      const changed = stamp({ [key]: stamp()[key] + step });
      assertEquals(index.find("/a", changed), null, key);
    }
  }
});

Deno.test("HashIndex: replaces the hash of a path when its stamp changes", () => {
  using opened = openIndex();
  const { index } = opened;
  index.store("/a", stamp(), HASH, LATER_MS);
  const changed = stamp({ sizeBytes: 6 });
  index.store("/a", changed, sha256Of("b"), LATER_MS);
  assertEquals(index.find("/a", changed), sha256Of("b"));
  assertEquals(index.find("/a", stamp()), null);
});

Deno.test("HashIndex: stores the largest sizes and inodes", () => {
  using opened = openIndex();
  const { index } = opened;
  const large = stamp({ sizeBytes: Number.MAX_SAFE_INTEGER, inode: 2 ** 63 - 2_048 });
  index.store("/a", large, HASH, LATER_MS);
  assertEquals(index.find("/a", large), HASH);
});

Deno.test("HashIndex: keeps hashes across reopening the database", () => {
  using temp = new TempDir();
  const path = temp.join("state/tcp-chat.db");
  {
    using opened = openIndex(path);
    opened.index.store("/a", stamp(), HASH, LATER_MS);
  }
  using opened = openIndex(path);
  assertEquals(opened.index.find("/a", stamp()), HASH);
});

Deno.test("HashIndex: does not store the hash of a file written less than 2 s before hashing", () => {
  using opened = openIndex();
  const { index } = opened;
  const recent = { modifiedMs: MODIFIED_MS, changedMs: MODIFIED_MS + 500 };
  const oldEnoughMs = MODIFIED_MS + 500 + 2_000;
  for (const startedMs of [MODIFIED_MS - 1_999, MODIFIED_MS + 600, oldEnoughMs - 1]) {
    index.store("/a", stamp(recent), HASH, startedMs);
    assertEquals(index.find("/a", stamp(recent)), null);
  }
  index.store("/a", stamp(recent), HASH, oldEnoughMs);
  assertEquals(index.find("/a", stamp(recent)), HASH);
});

Deno.test("HashIndex: stores the hash of a file with a future modification time", () => {
  using opened = openIndex();
  const future = stamp({ modifiedMs: LATER_MS + 1e9 });
  opened.index.store("/a", future, HASH, LATER_MS);
  assertEquals(opened.index.find("/a", future), HASH);
});

Deno.test("HashIndex: does not trust a modification time that was set back", () => {
  using opened = openIndex();
  const touched = stamp({ modifiedMs: 0, changedMs: LATER_MS - 1 });
  opened.index.store("/a", touched, HASH, LATER_MS);
  assertEquals(opened.index.find("/a", touched), null);
});

Deno.test("HashIndex: prune deletes missing files below the root only", async () => {
  using opened = openIndex();
  const { index } = opened;
  const paths = ["/root/kept", "/root/gone", "/root/sub/gone", "/root-b/other", "/other"];
  for (const path of paths) index.store(path, stamp(), HASH, LATER_MS);
  await index.prune("/root", new Set(["/root/kept"]), new AbortController().signal);
  const known = paths.filter((path) => index.find(path, stamp()) !== null);
  assertEquals(known, ["/root/kept", "/root-b/other", "/other"]);
});

Deno.test("HashIndex: prune leaves turns to other work, and stops when it is told to", async () => {
  using opened = openIndex();
  const { index } = opened;
  const paths = Array.from({ length: 2_000 }, (_, i) => `/root/${i}`);
  for (const path of paths) index.store(path, stamp(), HASH, LATER_MS);
  const left = () => paths.filter((path) => index.find(path, stamp()) !== null).length;
  const stop = new AbortController();
  setImmediate(() => stop.abort());
  await index.prune("/root", new Set(), stop.signal);
  assert(left() > 0 && left() < paths.length, `${left()} left`);
  await index.prune("/root", new Set(), new AbortController().signal);
  assertEquals(left(), 0);
});

/** Sets the clock of the index until disposed of. */
class Clock implements Disposable {
  readonly #original = Date.now;

  constructor(public nowMs: number) {
    Date.now = () => this.nowMs;
  }

  [Symbol.dispose](): void {
    Date.now = this.#original;
  }
}

Deno.test("HashIndex.storeReceived: stores the hash once a change of the file would show", () => {
  using opened = openIndex();
  const { index } = opened;
  const own = stamp({ modifiedMs: 5, changedMs: MODIFIED_MS });
  using clock = new Clock(MODIFIED_MS + 10);
  index.storeReceived("/a", own, HASH);
  for (const afterMs of [10, 1_000, 1_999]) {
    clock.nowMs = MODIFIED_MS + afterMs;
    assertEquals(index.find("/a", own), null, `${afterMs} ms`);
  }
  clock.nowMs = MODIFIED_MS + 2_000;
  assertEquals(index.find("/b", own), null);
  assertEquals(index.find("/a", own), HASH);
  assertEquals(index.find("/a", own), HASH);
});

Deno.test("HashIndex.storeReceived: writes to the database at the first find", () => {
  using temp = new TempDir();
  const path = temp.join("tcp-chat.db");
  using clock = new Clock(MODIFIED_MS);
  {
    using opened = openIndex(path);
    opened.index.storeReceived("/asked", stamp(), HASH);
    opened.index.storeReceived("/not-asked", stamp(), HASH);
    clock.nowMs = LATER_MS;
    assertEquals(opened.index.find("/asked", stamp()), HASH);
  }
  using opened = openIndex(path);
  assertEquals(opened.index.find("/asked", stamp()), HASH);
  assertEquals(opened.index.find("/not-asked", stamp()), null);
});

Deno.test("HashIndex.storeReceived: drops the hash of a file that has changed, then and later", () => {
  for (const key of ["sizeBytes", "modifiedMs", "changedMs", "inode"] as const) {
    using opened = openIndex();
    const { index } = opened;
    using _clock = new Clock(LATER_MS);
    index.storeReceived("/a", stamp(), HASH);
    assertEquals(index.find("/a", stamp({ [key]: stamp()[key] + 1 })), null, key);
    assertEquals(index.find("/a", stamp()), null);
  }
});

Deno.test("HashIndex.keepReceived: keeps the hash of a file that is newer than what it is asked for", () => {
  using opened = openIndex();
  const { index } = opened;
  index.storeReceived("/a", stamp(), HASH);
  index.keepReceived([{ realPath: "/a", stamp: stamp({ inode: 11, changedMs: MODIFIED_MS }) }]);
  assertEquals(index.pathsOf(HASH, 1), ["/a"]);
  assertEquals(index.find("/a", stamp()), HASH);
});

Deno.test("HashIndex.storeReceived: keeps the last hash of a file that is written again", () => {
  using opened = openIndex();
  const { index } = opened;
  using _clock = new Clock(LATER_MS);
  index.storeReceived("/a", stamp(), HASH);
  index.storeReceived("/a", stamp({ sizeBytes: 6 }), sha256Of("b"));
  assertEquals(index.find("/a", stamp({ sizeBytes: 6 })), sha256Of("b"));
  assertEquals(index.find("/a", stamp()), null);
});

Deno.test("HashIndex.storeReceived: keeps 10,000 pending files, and drops the oldest beyond that", () => {
  using opened = openIndex();
  const { index } = opened;
  using _clock = new Clock(LATER_MS);
  index.storeReceived("/again", stamp(), HASH);
  index.storeReceived("/first", stamp(), HASH);
  index.storeReceived("/second", stamp(), HASH);
  for (let i = 0; i < 9_998; i++) index.storeReceived(`/${i}`, stamp(), HASH);
  index.storeReceived("/again", stamp(), HASH);
  assertEquals(index.find("/first", stamp()), null);
  for (const path of ["/second", "/0", "/9997", "/again"]) {
    assertEquals(index.find(path, stamp()), HASH, path);
  }
});

Deno.test("HashIndex: pathsOf names the files of a hash, stored or received, and no more than asked for", () => {
  using opened = openIndex();
  const { index } = opened;
  assertEquals(index.pathsOf(HASH, 3), []);
  for (const path of ["/a", "/b", "/c"]) index.store(path, stamp(), HASH, LATER_MS);
  index.store("/d", stamp(), sha256Of("d"), LATER_MS);
  index.storeReceived("/e", stamp(), HASH);
  index.storeReceived("/f", stamp(), sha256Of("f"));
  assertEquals(index.pathsOf(HASH, 10).toSorted(), ["/a", "/b", "/c", "/e"]);
  assertEquals(index.pathsOf(HASH, 4).length, 4);
  assertEquals(index.pathsOf(HASH, 3).length, 3);
  assertEquals(index.pathsOf(sha256Of("d"), 3), ["/d"]);
});

Deno.test("HashIndex.findAll: tells hashes in the order of the files, and stores none", () => {
  using temp = new TempDir();
  const path = temp.join("tcp-chat.db");
  const file = (realPath: string) => ({ realPath, stamp: stamp() });
  const files = ["/a", "/b", "/c", "/d", "/e"].map(file);
  {
    using opened = openIndex(path);
    const { index } = opened;
    index.storeAll([{ ...file("/a"), sha256: HASH }], LATER_MS);
    assertEquals(index.isAnyReceived, false);
    index.storeReceived("/c", stamp(), sha256Of("c"));
    index.storeReceived("/d", stamp({ inode: 13 }), sha256Of("d"));
    index.storeReceived("/e", stamp(), sha256Of("e"));
    const wanted = [HASH, null, sha256Of("c"), null, sha256Of("e")];
    for (const _ of [1, 2]) assertEquals(index.findAll(files), wanted);
    assertEquals(index.findAll([]), []);
    assertEquals(index.isAnyReceived, true);
    index.keepReceived(files.slice(0, 4));
    assertEquals(index.findAll(files), wanted);
    index.storeReceived("/a", stamp({ sizeBytes: 6 }), sha256Of("b"));
    assertEquals(index.findAll(files)[0], HASH, "of the state that was asked for");
  }
  using opened = openIndex(path);
  assertEquals(opened.index.findAll(files), [HASH, null, sha256Of("c"), null, null]);
});

Deno.test("HashIndex.storeAll: leaves out what was written when it was read, and keeps the others", () => {
  using opened = openIndex();
  const { index } = opened;
  const files = ["/a", "/b"].map((realPath) => ({ realPath, stamp: stamp(), sha256: HASH }));
  const fresh = { ...files[0]!, realPath: "/c", stamp: stamp({ changedMs: LATER_MS - 1_999 }) };
  const old = { ...files[0]!, realPath: "/d", stamp: stamp({ changedMs: LATER_MS - 2_000 }) };
  index.storeAll([...files, fresh, old], LATER_MS);
  assertEquals(index.findAll([...files, fresh, old]), [HASH, HASH, null, HASH]);
});
