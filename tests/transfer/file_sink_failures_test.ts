import { assertEquals, assertStrictEquals } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { LARGE, receive, SinkFixture, SMALL, writeAll } from "../helpers/sinks.ts";
import { mountSmall } from "../helpers/small_disk.ts";
import { detailsOf } from "../helpers/targets.ts";
import { WatchedWorker } from "../helpers/workers.ts";

Deno.test("FileSink: reports more bytes than announced, for small and large files, early and late", async () => {
  using worker = new WatchedWorker();
  for (const size of [0, 10, 65_536, 100_000]) {
    for (const sent of [[size + 1], [size, 1], [Math.max(0, size - 5), 10], [1, size, 5]]) {
      using fixture = new SinkFixture(worker);
      const sink = fixture.sink({ staysOnError: false });
      sink.begin(detailsOf(new Uint8Array(size)));
      for (const bytes of sent) await sink.write(new Uint8Array(bytes));
      assertEquals(await sink.finish(sha256Of(new Uint8Array(size))), null);
      await fixture.assertFailed(ProtocolError, "bad-sequence");
      assertEquals(await fixture.list(), []);
    }
  }
});

/** A cause of failure, and the expected error. */
interface SinkFailure {
  readonly cause: string;
  readonly prepare: (fixture: SinkFixture) => unknown;
  readonly run: (fixture: SinkFixture) => Promise<unknown>;
  readonly code: string;
  readonly errorClass?: typeof ProtocolError;
}

const lockPart = (fixture: SinkFixture) => {
  Deno.mkdirSync(fixture.temp.join(".tcp-chat"), { recursive: true });
  const file = Deno.openSync(fixture.temp.join(".tcp-chat/a.bin.part"), {
    write: true,
    create: true,
  });
  file.tryLockSync(true);
  return file;
};
const blockName = (fixture: SinkFixture) =>
  fixture.temp.write("a.bin/x", "a folder with that name");

const FAILURES: SinkFailure[] = [
  {
    cause: "the locked part of a small file",
    prepare: lockPart,
    run: (fixture) => receive(fixture.sink(), SMALL),
    code: "busy",
  },
  {
    cause: "the locked part of a large file",
    prepare: lockPart,
    run: (fixture) => receive(fixture.sink(), LARGE),
    code: "busy",
  },
  {
    cause: "the locked part of an earlier transfer",
    prepare: lockPart,
    run: (fixture) => fixture.sink({ keepBytes: 10 }).openPart(),
    code: "busy",
  },
  {
    cause: "the locked part of a missing file",
    prepare: lockPart,
    run: async (fixture) => {
      const { path: directory } = fixture.temp;
      const sha256 = sha256Of(LARGE);
      const wanted = { directory, name: "a.bin", sizeBytes: 1, sha256, numbered: true };
      const sink = fixture.sink();
      const received = await sink.beginMissing(wanted, detailsOf(LARGE));
      await writeAll(sink, LARGE);
      assertEquals(await sink.finish(sha256), null);
      return received;
    },
    code: "busy",
  },
  {
    cause: "a folder with the name of a small file",
    prepare: blockName,
    run: (fixture) => receive(fixture.sink({ ifTaken: "replace" }), SMALL),
    code: "exists",
  },
  {
    cause: "a folder with the name of a large file",
    prepare: blockName,
    run: (fixture) => receive(fixture.sink({ ifTaken: "replace" }), LARGE),
    code: "exists",
  },
  {
    cause: "a folder that cannot be created",
    prepare: (fixture) => fixture.temp.write("file", ""),
    run: (fixture) => receive(fixture.sink({ partBase: fixture.temp.join("file") }), LARGE),
    code: "not-a-folder",
  },
  {
    cause: "a kept part that shrinks while it is hashed",
    prepare: (fixture) => {
      fixture.worker.onCall = (name) => {
        if (name === "hashKept") Deno.truncateSync(fixture.temp.join(".tcp-chat/a.bin.part"), 10);
      };
    },
    run: (fixture) => fixture.keptSink(100_000).openPart(),
    code: "io",
  },
  {
    cause: "an offset that is not the end of the kept part",
    prepare: () => {},
    run: async (fixture) => {
      const sink = fixture.keptSink(100_000);
      await sink.openPart();
      return await receive(sink, LARGE, detailsOf(LARGE, { offset: 99_999 }));
    },
    code: "io",
  },
  {
    cause: "data that is not zstd",
    prepare: () => {},
    run: async (fixture) => {
      const sink = fixture.sink();
      sink.begin(detailsOf(LARGE));
      for (let i = 0; i < 5; i++) await sink.writeZstd(LARGE.slice(0, 100));
      return await sink.finish(sha256Of(LARGE));
    },
    code: "bad-frame",
    errorClass: ProtocolError,
  },
];

for (const { cause, prepare, run, code, errorClass } of FAILURES) {
  Deno.test(`FileSink: ${cause} is one error, and leaves no file open`, async () => {
    using fixture = new SinkFixture();
    const held = prepare(fixture);
    try {
      assertEquals(await run(fixture), null);
    } finally {
      if (held instanceof Deno.FsFile) held.close();
    }
    await fixture.assertFailed(errorClass ?? DiskError as never, code);
    // The worker serves other sinks
    fixture.worker.onCall = () => {};
    assertEquals(await receive(fixture.sink({ name: "b.bin" }), LARGE), fixture.temp.join("b.bin"));
  });
}

Deno.test("FileSink: reports a full disk once, and keeps the part as staysOnError says", async () => {
  for (const staysOnError of [true, false]) {
    using fixture = new SinkFixture();
    using disk = mountSmall(fixture.temp.path);
    if (disk === null) {
      console.log("This process may not mount anything");
      return;
    }
    const sink = fixture.sink({ staysOnError });
    const content = patternedBytes(3_000_000);
    assertEquals(await receive(sink, content), null);
    await fixture.assertFailed(DiskError, "no-space");
    assertEquals(await fixture.list(), staysOnError ? [".tcp-chat/a.bin.part"] : []);
    assertEquals(fixture.written.length, 60 - 1); // All buffers but the failed one came back
  }
});

Deno.test("FileSink: reports a worker that dies once, at any call", async () => {
  for (const at of ["openPart", "hashKept", "beginReceive", "write", "writeZstd", "commit"]) {
    using fixture = new SinkFixture();
    const reason = new Error("dead");
    fixture.worker.onCall = (name) => {
      if (name === at) fixture.worker.terminate(reason);
    };
    const sink = fixture.keptSink(100_000);
    const isOpen = await sink.openPart() !== null;
    assertEquals(isOpen, !["openPart", "hashKept"].includes(at));
    sink.begin(detailsOf(LARGE, { offset: 100_000 }));
    await writeAll(sink, LARGE.subarray(100_000));
    if (at === "writeZstd") await sink.writeZstd(new Uint8Array(10));
    assertEquals(await sink.finish(sha256Of(LARGE)), null);
    assertEquals(fixture.errors.length, 1, at);
    assertStrictEquals(fixture.errors[0], reason);
    sink.end(true);
  }
});

Deno.test("FileSink: end leaves or removes the part in every state, and does nothing when repeated", async () => {
  using worker = new WatchedWorker();
  for (const discard of [false, true]) {
    for (const state of ["new", "kept", "begun", "small", "written", "finished"]) {
      using fixture = new SinkFixture(worker);
      const isKept = state === "kept";
      const sink = isKept ? fixture.keptSink(10) : fixture.sink();
      if (isKept) await sink.openPart();
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
      const left = state === "finished" ? ["a.bin"] : keeps ? [".tcp-chat/a.bin.part"] : [];
      assertEquals(await fixture.list(), left, `${state} ${discard}`);
      fixture.assertFree();
      assertEquals(fixture.errors, []);
      await sink.write(new Uint8Array(5)); // Too late: dropped
      assertEquals(await fixture.list(), left);
    }
  }
});

Deno.test("FileSink: end stops the hashing of a kept part", async () => {
  using fixture = new SinkFixture();
  const sink = fixture.keptSink(100_000);
  fixture.worker.onCall = (name) => {
    if (name === "hashKept") sink.end(false);
  };
  assertEquals(await sink.openPart(), null);
  assertEquals(await fixture.list(), [".tcp-chat/a.bin.part"]);
  fixture.assertFree();
  assertEquals(fixture.errors, []);
});
