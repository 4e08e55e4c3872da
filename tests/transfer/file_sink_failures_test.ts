import { assertEquals, assertStrictEquals } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { LARGE, receive, SinkScene, SMALL, writeAll } from "../helpers/sinks.ts";
import { mountSmall } from "../helpers/small_disk.ts";
import { detailsOf } from "../helpers/targets.ts";
import { WatchedWorker } from "../helpers/workers.ts";

Deno.test("more than was announced is an error, be the file small or large, early or late", async () => {
  using worker = new WatchedWorker();
  for (const size of [0, 10, 65_536, 100_000]) {
    for (const sent of [[size + 1], [size, 1], [Math.max(0, size - 5), 10], [1, size, 5]]) {
      using scene = new SinkScene(worker);
      const sink = scene.sink({ staysOnError: false });
      sink.begin(detailsOf(new Uint8Array(size)));
      for (const bytes of sent) await sink.write(new Uint8Array(bytes));
      assertEquals(await sink.finish(sha256Of(new Uint8Array(size))), null);
      await scene.assertFailed(ProtocolError, "bad-sequence");
      assertEquals(await scene.list(), []);
    }
  }
});

/** What goes wrong, and what the sink does then. */
interface Mishap {
  readonly what: string;
  readonly prepare: (scene: SinkScene) => unknown;
  readonly run: (scene: SinkScene) => Promise<unknown>;
  readonly code: string;
  readonly errorClass?: typeof ProtocolError;
}

const lock = (scene: SinkScene) => {
  const file = Deno.openSync(scene.temp.join("a.bin.part"), { write: true, create: true });
  file.tryLockSync(true);
  return file;
};
const blockName = (scene: SinkScene) => scene.temp.write("a.bin/x", "a folder has the name");

const MISHAPS: Mishap[] = [
  {
    what: "a small file whose part somebody else writes",
    prepare: lock,
    run: (scene) => receive(scene.sink(), SMALL),
    code: "busy",
  },
  {
    what: "a large file whose part somebody else writes",
    prepare: lock,
    run: (scene) => receive(scene.sink(), LARGE),
    code: "busy",
  },
  {
    what: "a kept part that somebody else writes",
    prepare: lock,
    run: (scene) => scene.sink({ keepBytes: 10 }).openKept(),
    code: "busy",
  },
  {
    what: "a missing file whose part somebody else writes",
    prepare: lock,
    run: async (scene) => {
      const { path: directory } = scene.temp;
      const sha256 = sha256Of(LARGE);
      const wanted = { directory, name: "a.bin", sizeBytes: 1, sha256, numbered: true };
      const sink = scene.sink();
      const received = await sink.beginMissing(wanted, detailsOf(LARGE));
      await writeAll(sink, LARGE);
      assertEquals(await sink.finish(sha256), null);
      return received;
    },
    code: "busy",
  },
  {
    what: "a small file whose name a folder has",
    prepare: blockName,
    run: (scene) => receive(scene.sink({ ifTaken: "replace" }), SMALL),
    code: "exists",
  },
  {
    what: "a large file whose name a folder has",
    prepare: blockName,
    run: (scene) => receive(scene.sink({ ifTaken: "replace" }), LARGE),
    code: "exists",
  },
  {
    what: "a folder that cannot be made",
    prepare: (scene) => scene.temp.write("file", ""),
    run: (scene) => receive(scene.sink({ partPath: scene.temp.join("file/x") }), LARGE),
    code: "io",
  },
  {
    what: "a kept part that becomes shorter while it is hashed",
    prepare: (scene) => {
      scene.worker.onCall = (name) => {
        if (name === "hashKept") Deno.truncateSync(scene.temp.join("a.bin.part"), 10);
      };
    },
    run: (scene) => scene.keptSink(100_000).openKept(),
    code: "io",
  },
  {
    what: "an offset that is not where the kept part ends",
    prepare: () => {},
    run: async (scene) => {
      const sink = scene.keptSink(100_000);
      await sink.openKept();
      return await receive(sink, LARGE, detailsOf(LARGE, { offset: 99_999 }));
    },
    code: "io",
  },
  {
    what: "compressed data that is none",
    prepare: () => {},
    run: async (scene) => {
      const sink = scene.sink();
      sink.begin(detailsOf(LARGE));
      for (let i = 0; i < 5; i++) await sink.writeZstd(LARGE.slice(0, 100));
      return await sink.finish(sha256Of(LARGE));
    },
    code: "bad-frame",
    errorClass: ProtocolError,
  },
];

for (const { what, prepare, run, code, errorClass } of MISHAPS) {
  Deno.test(`${what} is one error, and leaves nothing open`, async () => {
    using scene = new SinkScene();
    const held = prepare(scene);
    try {
      assertEquals(await run(scene), null);
    } finally {
      if (held instanceof Deno.FsFile) held.close();
    }
    await scene.assertFailed(errorClass ?? DiskError as never, code);
    // And the worker is ready for others
    scene.worker.onCall = () => {};
    assertEquals(await receive(scene.sink({ name: "b.bin" }), LARGE), scene.temp.join("b.bin"));
  });
}

Deno.test("a full disk is one error, and the part stays or goes as the target says", async () => {
  for (const staysOnError of [true, false]) {
    using scene = new SinkScene();
    using disk = mountSmall(scene.temp.path);
    if (disk === null) {
      console.log("This process may not mount anything");
      return;
    }
    const sink = scene.sink({ staysOnError });
    const content = patternedBytes(3_000_000);
    assertEquals(await receive(sink, content), null);
    await scene.assertFailed(DiskError, "no-space");
    assertEquals(await scene.list(), staysOnError ? ["a.bin.part"] : []);
    assertEquals(scene.written.length, 60 - 1); // All buffers came back but the one that failed
  }
});

Deno.test("a worker that dies is one error, whenever it does", async () => {
  for (const at of ["openPart", "hashKept", "beginReceive", "write", "writeZstd", "commit"]) {
    using scene = new SinkScene();
    const reason = new Error("dead");
    scene.worker.onCall = (name) => {
      if (name === at) scene.worker.terminate(reason);
    };
    const sink = scene.keptSink(100_000);
    const isOpen = await sink.openKept() !== null;
    assertEquals(isOpen, !["openPart", "hashKept"].includes(at));
    sink.begin(detailsOf(LARGE, { offset: 100_000 }));
    await writeAll(sink, LARGE.subarray(100_000));
    if (at === "writeZstd") await sink.writeZstd(new Uint8Array(10));
    assertEquals(await sink.finish(sha256Of(LARGE)), null);
    assertEquals(scene.errors.length, 1, at);
    assertStrictEquals(scene.errors[0], reason);
    sink.end(true);
  }
});

Deno.test("end leaves a part or removes it, in every state, and does nothing the second time", async () => {
  using worker = new WatchedWorker();
  for (const discard of [false, true]) {
    for (const state of ["new", "kept", "begun", "small", "written", "finished"]) {
      using scene = new SinkScene(worker);
      const isKept = state === "kept";
      const sink = isKept ? scene.keptSink(10) : scene.sink();
      if (isKept) await sink.openKept();
      if (state === "small") sink.begin(detailsOf(SMALL));
      if (["begun", "written", "finished"].includes(state)) sink.begin(detailsOf(LARGE));
      if (state === "small") await sink.write(SMALL.slice(1));
      if (state === "written") await sink.write(LARGE.slice(1));
      if (state === "finished") {
        await sink.write(LARGE.slice());
        await sink.finish(sha256Of(LARGE));
      }
      sink.end(discard);
      sink.end(true);
      const keeps = !discard && ["kept", "written"].includes(state);
      const left = state === "finished" ? ["a.bin"] : keeps ? ["a.bin.part"] : [];
      assertEquals(await scene.list(), left, `${state} ${discard}`);
      scene.assertFree();
      assertEquals(scene.errors, []);
      await sink.write(new Uint8Array(5)); // Comes too late, and is dropped
      assertEquals(await scene.list(), left);
    }
  }
});

Deno.test("end while the kept part is hashed ends that, too", async () => {
  using scene = new SinkScene();
  const sink = scene.keptSink(100_000);
  scene.worker.onCall = (name) => {
    if (name === "hashKept") sink.end(false);
  };
  assertEquals(await sink.openKept(), null);
  assertEquals(await scene.list(), ["a.bin.part"]);
  scene.assertFree();
  assertEquals(scene.errors, []);
});
