import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { describeFailure, ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { controlFrame, hashFrame, Incoming, metadataFrame } from "../helpers/protocol1_download.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestWorker } from "../helpers/workers.ts";

const CONTENT = patternedBytes(1_000);

/** A folder to receive into, and a worker. */
class Fixture implements Disposable {
  readonly temp = new TempDir();
  readonly worker = new TestWorker();

  /** A new download into the folder. */
  incoming(options: ConstructorParameters<typeof Incoming>[2] = {}): Incoming {
    return new Incoming(this.worker, this.temp.path, options);
  }

  /** Waits until the worker has done all that it was told, and lists the folder. */
  async list(): Promise<string[]> {
    await this.worker.call("hashSlice", [0]).catch(() => {});
    return this.temp.list();
  }

  [Symbol.dispose](): void {
    this.worker.terminate();
    this.temp[Symbol.dispose]();
  }
}

async function assertRequestError(result: Promise<unknown>, code: string): Promise<RequestError> {
  const error = await assertRejects(() => result, RequestError);
  assertEquals(error.code, code);
  return error;
}

Deno.test("a download ends with the file in its place", async () => {
  using fixture = new Fixture();
  const progress: Array<[number, number]> = [];
  const incoming = fixture.incoming({ onProgress: (...figures) => progress.push(figures) });
  incoming.announce(CONTENT);
  await incoming.send(CONTENT.subarray(0, 600));
  assert(!incoming.isOver);
  await incoming.send(CONTENT.subarray(600));
  assert(incoming.isOver);
  assertEquals(await incoming.result, {
    file: fixture.temp.join("a.bin"),
    sizeBytes: 1_000,
    sha256: sha256Of(CONTENT),
    skipped: false,
    resumedFrom: 0,
  });
  assertEquals(Deno.readFileSync(fixture.temp.join("a.bin")), CONTENT);
  assertEquals(progress, [[600, 1_000], [1_000, 1_000]]);
  assertEquals(incoming.recycled, [600, 400]);
  assertEquals(await fixture.list(), ["a.bin"]);
});

Deno.test("a download of an empty file ends with its hash", async () => {
  using fixture = new Fixture();
  const incoming = fixture.incoming();
  incoming.announce(new Uint8Array(0));
  assert(incoming.isOver);
  assertEquals((await incoming.result).sizeBytes, 0);
  assertEquals(await fixture.list(), ["a.bin"]);
});

Deno.test("a download takes the name that it was asked for, whatever the server calls it", async () => {
  using fixture = new Fixture();
  const incoming = fixture.incoming({ name: "mine.bin" });
  incoming.announce(CONTENT);
  await incoming.send(CONTENT);
  assertEquals((await incoming.result).file, fixture.temp.join("mine.bin"));
});

Deno.test("a file that is there already is told at once, and its data is dropped", async () => {
  using fixture = new Fixture();
  fixture.temp.write("a.bin", CONTENT);
  const incoming = fixture.incoming();
  incoming.announce(CONTENT);
  const result = await incoming.result;
  assertEquals([result.skipped, result.file], [true, fixture.temp.join("a.bin")]);
  assertEquals(incoming.unwantedBytes, 1_000);
  await incoming.send(CONTENT.subarray(0, 600));
  assertEquals(incoming.unwantedBytes, 400);
  await incoming.send(CONTENT.subarray(600));
  assertEquals([incoming.isOver, incoming.unwantedBytes], [true, 0]);
  assertEquals(incoming.recycled, [600, 400]);
  assertEquals(await fixture.list(), ["a.bin"]);
});

Deno.test("a file of another content is not overwritten, or is when that is wanted", async () => {
  using fixture = new Fixture();
  fixture.temp.write("a.bin", "mine");
  for (const [replace, name] of [[false, "a (1).bin"], [true, "a.bin"]] as const) {
    const incoming = fixture.incoming({ replace });
    incoming.announce(CONTENT);
    await incoming.send(CONTENT);
    assertEquals((await incoming.result).file, fixture.temp.join(name));
  }
  assertEquals(await fixture.list(), ["a (1).bin", "a.bin"]);
});

Deno.test("data that does not fit its hash leaves no file", async () => {
  using fixture = new Fixture();
  const incoming = fixture.incoming();
  incoming.announce(CONTENT);
  await incoming.send(new Uint8Array(1_000));
  await assertRequestError(incoming.result, "integrity");
  assertEquals(await fixture.list(), []);
});

Deno.test("a server that has another content than the one wanted is refused", async () => {
  using fixture = new Fixture();
  const incoming = fixture.incoming({ sha256: sha256Of("other") });
  incoming.announce(CONTENT);
  await assertRequestError(incoming.result, "integrity");
  await incoming.send(CONTENT); // It sends all the same
  assert(incoming.isOver);
  assertEquals(await fixture.list(), []);
  const right = fixture.incoming({ sha256: sha256Of(CONTENT) });
  right.announce(CONTENT);
  await right.send(CONTENT);
  assertEquals((await right.result).skipped, false);
});

Deno.test("FERR ends a download with its code, in the words of the server", async () => {
  using fixture = new Fixture();
  const known = fixture.incoming();
  const text = describeFailure("not-a-file", "pt-BR");
  known.onFrame(controlFrame("FERR", text));
  assert(known.isOver);
  const error = await assertRequestError(known.result, "not-a-file");
  assertEquals([error.message, error.isFromPeer], [text, true]);

  const unknown = fixture.incoming();
  unknown.onFrame(controlFrame("FERR", "Arquivo inexistente"));
  await assertRequestError(unknown.result, "not-found");

  const later = fixture.incoming();
  later.onFrame(controlFrame("FROK"));
  later.onFrame(controlFrame("FERR", "Disk broken"));
  await assertRequestError(later.result, "internal");
});

Deno.test("FERR in the middle of the data leaves nothing behind", async () => {
  using fixture = new Fixture();
  const incoming = fixture.incoming();
  incoming.announce(CONTENT);
  await incoming.send(CONTENT.subarray(0, 600));
  incoming.onFrame(controlFrame("FERR", describeFailure("changed", "en")));
  await assertRequestError(incoming.result, "changed");
  assertEquals(await fixture.list(), []);
});

Deno.test("a connection that is lost leaves the part", async () => {
  using fixture = new Fixture();
  const incoming = fixture.incoming();
  incoming.announce(CONTENT);
  await incoming.send(CONTENT.subarray(0, 600));
  const error = new Error("lost");
  incoming.fail(error);
  assertStrictEquals(await assertRejects(() => incoming.result), error);
  assertEquals(await fixture.list(), ["a.bin.part"]);
});

Deno.test("an abort ends the result at once, and drops what the server still sends", async () => {
  for (const announced of [false, true]) {
    using fixture = new Fixture();
    const controller = new AbortController();
    const incoming = fixture.incoming({ signal: controller.signal });
    if (announced) incoming.announce(CONTENT);
    const reason = new Error("enough");
    controller.abort(reason);
    assertStrictEquals(await assertRejects(() => incoming.result), reason);
    if (!announced) incoming.announce(CONTENT);
    assertEquals(incoming.unwantedBytes, 1_000);
    await incoming.send(CONTENT);
    assert(incoming.isOver);
    assertEquals(await fixture.list(), []);
  }
});

Deno.test("an abort before the start asks for no worker", async () => {
  using fixture = new Fixture();
  const signal = AbortSignal.abort(new Error("never"));
  const incoming = fixture.incoming({ signal });
  await assertRejects(() => incoming.result, Error, "never");
  incoming.announce(new Uint8Array(0));
  assert(incoming.isOver);
  assertEquals(await fixture.list(), []);
});

Deno.test("a disk that fails ends the download, and the next one on the worker works", async () => {
  using fixture = new Fixture();
  fixture.temp.write("a.bin.part/x", "a folder where the part must be");
  const incoming = fixture.incoming();
  incoming.announce(CONTENT);
  await incoming.send(CONTENT.subarray(0, 600));
  const error = await assertRejects(() => incoming.result, DiskError);
  assertEquals(error.code, "exists");
  await incoming.send(CONTENT.subarray(600));
  assert(incoming.isOver);
  const next = fixture.incoming({ name: "b.bin" });
  next.announce(CONTENT);
  await next.send(CONTENT);
  assertEquals((await next.result).file, fixture.temp.join("b.bin"));
});

Deno.test("a download that fails late does not touch the next one of its worker", async () => {
  using fixture = new Fixture();
  fixture.temp.write("a.bin.part/x", "");
  const failing = fixture.incoming();
  failing.announce(CONTENT);
  await failing.send(CONTENT); // What the worker says to it comes later
  const next = fixture.incoming({ name: "b.bin" });
  next.announce(CONTENT);
  await next.send(CONTENT);
  await assertRejects(() => failing.result, DiskError);
  assertEquals((await next.result).sizeBytes, 1_000);
});

Deno.test("frames out of order break the connection", async () => {
  using fixture = new Fixture();
  const hash = hashFrame(CONTENT);
  const metadata = metadataFrame("a.bin", 1_000);
  const ok = controlFrame("FROK");
  const sequences = [[metadata], [hash], [ok, ok], [ok, hash], [ok, metadata, metadata]];
  sequences.push([ok, metadata, ok], [ok, metadata, hash, hash], [ok, metadata, hash, ok]);
  for (const sequence of sequences) {
    const incoming = fixture.incoming();
    for (const frame of sequence.slice(0, -1)) incoming.onFrame(frame);
    const error = assertThrows(() => incoming.onFrame(sequence.at(-1)!), ProtocolError);
    assertEquals(error.code, "bad-sequence");
    incoming.fail(error);
    assertStrictEquals(await assertRejects(() => incoming.result), error);
  }
  assertEquals(await fixture.list(), []);
});

Deno.test("data that must not come breaks the connection", async () => {
  using fixture = new Fixture();
  const early = fixture.incoming();
  early.onFrame(controlFrame("FROK"));
  early.onFrame(metadataFrame("a.bin", 1_000));
  await assertRejects(() => early.send(CONTENT), ProtocolError, "described");
  const tooMuch = fixture.incoming();
  tooMuch.announce(CONTENT);
  await tooMuch.send(CONTENT.subarray(1));
  await assertRejects(() => tooMuch.send(new Uint8Array(2)), ProtocolError, "more than the 1000");
  tooMuch.fail(new Error("over"));
  assertEquals(await fixture.list(), ["a.bin.part"]);
});

Deno.test("a hash that is none and a name that is not allowed break the connection", () => {
  using fixture = new Fixture();
  for (const bytes of [0, 31, 33]) {
    const incoming = fixture.incoming();
    incoming.onFrame(controlFrame("FROK"));
    incoming.onFrame(metadataFrame("a.bin", 1_000));
    const frame = controlFrame("FHSH", new Uint8Array(bytes));
    assertEquals(assertThrows(() => incoming.onFrame(frame), ProtocolError).code, "bad-frame");
  }
  for (const name of ["", "..", "a/b", "/etc/passwd", "con", "a\\b", ".tcp-chat", "a\u0000"]) {
    const incoming = fixture.incoming();
    incoming.onFrame(controlFrame("FROK"));
    const frame = metadataFrame(name, 1_000);
    assertEquals(assertThrows(() => incoming.onFrame(frame), ProtocolError).code, "bad-frame");
  }
});
