import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { describeFailure, ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import {
  controlFrame,
  hashFrame,
  metadataFrame,
  TestProtocol1Download,
} from "../helpers/protocol1_download.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestWorker } from "../helpers/workers.ts";

const CONTENT = patternedBytes(1_000);

/** A folder to receive into, and a worker. */
class Fixture implements Disposable {
  readonly temp = new TempDir();
  readonly worker = new TestWorker();

  /** A new download into the folder. */
  download(
    options: ConstructorParameters<typeof TestProtocol1Download>[2] = {},
  ): TestProtocol1Download {
    return new TestProtocol1Download(this.worker, this.temp.path, options);
  }

  /** Lists the folder once the worker has run all calls. */
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

Deno.test("Protocol1Download: commits the file", async () => {
  using fixture = new Fixture();
  const progress: Array<[number, number]> = [];
  const download = fixture.download({ onProgress: (...figures) => progress.push(figures) });
  download.announce(CONTENT);
  await download.send(CONTENT.subarray(0, 600));
  assert(!download.isOver);
  await download.send(CONTENT.subarray(600));
  assert(download.isOver);
  assertEquals(await download.result, {
    file: fixture.temp.join("a.bin"),
    sizeBytes: 1_000,
    sha256: sha256Of(CONTENT),
    skipped: false,
    resumedFrom: 0,
  });
  assertEquals(Deno.readFileSync(fixture.temp.join("a.bin")), CONTENT);
  assertEquals(progress, [[600, 1_000], [1_000, 1_000]]);
  assertEquals(download.recycled, [600, 400]);
  assertEquals(await fixture.list(), ["a.bin"]);
});

Deno.test("Protocol1Download: completes an empty file with FHSH", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  download.announce(new Uint8Array(0));
  assert(download.isOver);
  assertEquals((await download.result).sizeBytes, 0);
  assertEquals(await fixture.list(), ["a.bin"]);
});

Deno.test("Protocol1Download: uses the requested name, not the server's", async () => {
  using fixture = new Fixture();
  const download = fixture.download({ name: "mine.bin" });
  download.announce(CONTENT);
  await download.send(CONTENT);
  assertEquals((await download.result).file, fixture.temp.join("mine.bin"));
});

Deno.test("Protocol1Download: resolves at once when the file exists, and drops its data", async () => {
  using fixture = new Fixture();
  fixture.temp.write("a.bin", CONTENT);
  const download = fixture.download();
  download.announce(CONTENT);
  const result = await download.result;
  assertEquals([result.skipped, result.file], [true, fixture.temp.join("a.bin")]);
  assertEquals(download.unwantedBytes, 1_000);
  await download.send(CONTENT.subarray(0, 600));
  assertEquals(download.unwantedBytes, 400);
  await download.send(CONTENT.subarray(600));
  assertEquals([download.isOver, download.unwantedBytes], [true, 0]);
  assertEquals(download.recycled, [600, 400]);
  assertEquals(await fixture.list(), ["a.bin"]);
});

Deno.test("Protocol1Download: replaces a file with other content only if replace is set", async () => {
  using fixture = new Fixture();
  fixture.temp.write("a.bin", "mine");
  for (const [replace, name] of [[false, "a (1).bin"], [true, "a.bin"]] as const) {
    const download = fixture.download({ replace });
    download.announce(CONTENT);
    await download.send(CONTENT);
    assertEquals((await download.result).file, fixture.temp.join(name));
  }
  assertEquals(await fixture.list(), ["a (1).bin", "a.bin"]);
});

Deno.test("Protocol1Download: removes a file whose hash does not match", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  download.announce(CONTENT);
  await download.send(new Uint8Array(1_000));
  await assertRequestError(download.result, "integrity");
  assertEquals(await fixture.list(), []);
});

Deno.test("Protocol1Download: refuses content with another SHA-256 than requested", async () => {
  using fixture = new Fixture();
  const download = fixture.download({ sha256: sha256Of("other") });
  download.announce(CONTENT);
  await assertRequestError(download.result, "integrity");
  await download.send(CONTENT); // The server cannot be stopped
  assert(download.isOver);
  assertEquals(await fixture.list(), []);
  const right = fixture.download({ sha256: sha256Of(CONTENT) });
  right.announce(CONTENT);
  await right.send(CONTENT);
  assertEquals((await right.result).skipped, false);
});

Deno.test("Protocol1Download: FERR rejects with its code and the server's text", async () => {
  using fixture = new Fixture();
  const known = fixture.download();
  const text = describeFailure("not-a-file", "pt-BR");
  known.onFrame(controlFrame("FERR", text));
  assert(known.isOver);
  const error = await assertRequestError(known.result, "not-a-file");
  assertEquals([error.message, error.isFromPeer], [text, true]);

  const unknown = fixture.download();
  unknown.onFrame(controlFrame("FERR", "Arquivo inexistente"));
  await assertRequestError(unknown.result, "not-found");

  const later = fixture.download();
  later.onFrame(controlFrame("FROK"));
  later.onFrame(controlFrame("FERR", "Disk broken"));
  await assertRequestError(later.result, "internal");
});

Deno.test("Protocol1Download: FERR between data removes the part", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  download.announce(CONTENT);
  await download.send(CONTENT.subarray(0, 600));
  download.onFrame(controlFrame("FERR", describeFailure("changed", "en")));
  await assertRequestError(download.result, "changed");
  assertEquals(await fixture.list(), []);
});

Deno.test("Protocol1Download: fail leaves the part behind", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  download.announce(CONTENT);
  await download.send(CONTENT.subarray(0, 600));
  const error = new Error("lost");
  download.fail(error);
  assertStrictEquals(await assertRejects(() => download.result), error);
  assertEquals(await fixture.list(), [".tcp-chat/a.bin.part"]);
});

Deno.test("Protocol1Download: an abort rejects at once, and later data is dropped", async () => {
  for (const announced of [false, true]) {
    using fixture = new Fixture();
    const controller = new AbortController();
    const download = fixture.download({ signal: controller.signal });
    if (announced) download.announce(CONTENT);
    const reason = new Error("enough");
    controller.abort(reason);
    assertStrictEquals(await assertRejects(() => download.result), reason);
    if (!announced) download.announce(CONTENT);
    assertEquals(download.unwantedBytes, 1_000);
    await download.send(CONTENT);
    assert(download.isOver);
    assertEquals(await fixture.list(), []);
  }
});

Deno.test("Protocol1Download: an abort before the start uses no worker", async () => {
  using fixture = new Fixture();
  const signal = AbortSignal.abort(new Error("never"));
  const download = fixture.download({ signal });
  await assertRejects(() => download.result, Error, "never");
  download.announce(new Uint8Array(0));
  assert(download.isOver);
  assertEquals(await fixture.list(), []);
});

Deno.test("Protocol1Download: a disk error rejects, and the next download of the worker succeeds", async () => {
  using fixture = new Fixture();
  fixture.temp.write(".tcp-chat/a.bin.part/x", "a folder where the part must be");
  const download = fixture.download();
  download.announce(CONTENT);
  await download.send(CONTENT.subarray(0, 600));
  const error = await assertRejects(() => download.result, DiskError);
  assertEquals(error.code, "exists");
  await download.send(CONTENT.subarray(600));
  assert(download.isOver);
  const next = fixture.download({ name: "b.bin" });
  next.announce(CONTENT);
  await next.send(CONTENT);
  assertEquals((await next.result).file, fixture.temp.join("b.bin"));
});

Deno.test("Protocol1Download: a late failure has no effect on the next download of the worker", async () => {
  using fixture = new Fixture();
  fixture.temp.write(".tcp-chat/a.bin.part/x", "");
  const failing = fixture.download();
  failing.announce(CONTENT);
  await failing.send(CONTENT); // The worker's error arrives later
  const next = fixture.download({ name: "b.bin" });
  next.announce(CONTENT);
  await next.send(CONTENT);
  await assertRejects(() => failing.result, DiskError);
  assertEquals((await next.result).sizeBytes, 1_000);
});

Deno.test("Protocol1Download: frames out of order are a protocol error", async () => {
  using fixture = new Fixture();
  const hash = hashFrame(CONTENT);
  const metadata = metadataFrame("a.bin", 1_000);
  const ok = controlFrame("FROK");
  const sequences = [[metadata], [hash], [ok, ok], [ok, hash], [ok, metadata, metadata]];
  sequences.push([ok, metadata, ok], [ok, metadata, hash, hash], [ok, metadata, hash, ok]);
  for (const sequence of sequences) {
    const download = fixture.download();
    for (const frame of sequence.slice(0, -1)) download.onFrame(frame);
    const error = assertThrows(() => download.onFrame(sequence.at(-1)!), ProtocolError);
    assertEquals(error.code, "bad-sequence");
    download.fail(error);
    assertStrictEquals(await assertRejects(() => download.result), error);
  }
  assertEquals(await fixture.list(), []);
});

Deno.test("Protocol1Download: data out of order, or too much of it, is a protocol error", async () => {
  using fixture = new Fixture();
  const early = fixture.download();
  early.onFrame(controlFrame("FROK"));
  early.onFrame(metadataFrame("a.bin", 1_000));
  await assertRejects(() => early.send(CONTENT), ProtocolError, "described");
  const tooMuch = fixture.download();
  tooMuch.announce(CONTENT);
  await tooMuch.send(CONTENT.subarray(1));
  await assertRejects(() => tooMuch.send(new Uint8Array(2)), ProtocolError, "more than the 1000");
  tooMuch.fail(new Error("over"));
  assertEquals(await fixture.list(), [".tcp-chat/a.bin.part"]);
});

Deno.test("Protocol1Download: a malformed hash or a forbidden name is a protocol error", () => {
  using fixture = new Fixture();
  for (const bytes of [0, 31, 33]) {
    const download = fixture.download();
    download.onFrame(controlFrame("FROK"));
    download.onFrame(metadataFrame("a.bin", 1_000));
    const frame = controlFrame("FHSH", new Uint8Array(bytes));
    assertEquals(assertThrows(() => download.onFrame(frame), ProtocolError).code, "bad-frame");
  }
  for (const name of ["", "..", "a/b", "/etc/passwd", "a\\b", ".tcp-chat", "a\u0000"]) {
    const download = fixture.download();
    download.onFrame(controlFrame("FROK"));
    const frame = metadataFrame(name, 1_000);
    assertEquals(assertThrows(() => download.onFrame(frame), ProtocolError).code, "bad-frame");
  }
});
