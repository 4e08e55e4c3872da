import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { DiskError } from "../../lib/files/disk_error.ts";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { compressed, headOf, TestDownload } from "../helpers/protocol2_download.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { WatchedWorker } from "../helpers/workers.ts";

const CONTENT = patternedBytes(100_000);
const SHA256 = sha256Of(CONTENT);
type Options = ConstructorParameters<typeof TestDownload>[2];

/** A folder to receive into, and a worker. */
class Fixture implements Disposable {
  readonly temp = new TempDir();
  readonly worker = new WatchedWorker();

  download(options: Options = {}): TestDownload {
    return new TestDownload(this.worker, this.temp.path, options);
  }

  /** A download with an earlier part. */
  async resumed(part: Uint8Array, options: Options = {}): Promise<TestDownload> {
    this.temp.write(".tcp-chat/a.bin.part", part);
    this.temp.write(".tcp-chat/a.bin.part.version", "v1");
    const download = this.download({ ...options, target: { keepBytes: part.length } });
    assertEquals(await download.prepare(), part.length);
    return download;
  }

  /** Lists the folder once the worker has run all calls. */
  async list(): Promise<string[]> {
    await this.worker.idle();
    return this.temp.list();
  }

  [Symbol.dispose](): void {
    this.worker.terminate();
    this.temp[Symbol.dispose]();
  }
}

async function assertRequestError(download: TestDownload, code: string): Promise<RequestError> {
  const error = await assertRejects(() => download.result, RequestError);
  assertEquals(error.code, code);
  return error;
}

/** Data after the end of a download are not counted. */
async function assertDropped(download: TestDownload, data: Uint8Array<ArrayBuffer>): Promise<void> {
  const before = download.progress.length;
  await download.onData(data);
  assertEquals(download.progress.length, before);
}

Deno.test("Protocol2Download: commits the file with its time of modification", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  assert(!download.hasBegun);
  download.onHead(headOf(CONTENT));
  assert(download.hasBegun);
  await download.onData(CONTENT.slice(0, 60_000));
  await download.onData(CONTENT.slice(60_000));
  await download.onEnd(SHA256);
  assertEquals(await download.result, {
    file: fixture.temp.join("a.bin"),
    sizeBytes: 100_000,
    sha256: SHA256,
    skipped: false,
    resumedFrom: 0,
  });
  assertEquals(Deno.readFileSync(fixture.temp.join("a.bin")), CONTENT);
  assertEquals(Deno.statSync(fixture.temp.join("a.bin")).mtime?.getTime(), 1_700_000_000_123);
  assertEquals(download.progress, [[0, 100_000], [60_000, 100_000], [100_000, 100_000]]);
  download.fail(new Error("too late"));
  assertEquals([await fixture.list(), download.cancelled], [["a.bin"], 0]);
});

Deno.test("Protocol2Download: completes an empty file with FEND", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  download.onHead(headOf(new Uint8Array(0)));
  await download.onEnd(sha256Of(""));
  assertEquals((await download.result).sizeBytes, 0);
  assertEquals(await fixture.list(), ["a.bin"]);
});

Deno.test("Protocol2Download: accepts compressed and plain data", async () => {
  using fixture = new Fixture();
  const content = new Uint8Array(100_000).fill(65);
  const download = fixture.download();
  download.onHead(headOf(content));
  await download.onZstd(compressed(content.subarray(0, 50_000)));
  await download.onData(content.slice(50_000, 60_000));
  await download.onZstd(compressed(content.subarray(60_000)));
  await download.onEnd(sha256Of(content));
  assertEquals((await download.result).sizeBytes, 100_000);
  assertEquals(download.progress.at(-1), [100_000, 100_000]);
});

Deno.test("Protocol2Download: resumes an interrupted download", async () => {
  using fixture = new Fixture();
  const download = await fixture.resumed(CONTENT.subarray(0, 70_000));
  download.onHead(headOf(CONTENT, { offset: 70_000 }));
  await download.onData(CONTENT.slice(70_000));
  await download.onEnd(SHA256);
  assertEquals((await download.result).resumedFrom, 70_000);
  assertEquals(download.progress, [[70_000, 100_000], [100_000, 100_000]]);
  assertEquals(Deno.readFileSync(fixture.temp.join("a.bin")), CONTENT);
  assertEquals(await fixture.list(), ["a.bin"]);
});

Deno.test("Protocol2Download: drops the part when the server starts at 0", async () => {
  using fixture = new Fixture();
  const download = await fixture.resumed(patternedBytes(70_000, 2));
  download.onHead(headOf(CONTENT, { version: "v2" }));
  await download.onData(CONTENT.slice());
  await download.onEnd(SHA256);
  assertEquals((await download.result).resumedFrom, 0);
  assertEquals(Deno.readFileSync(fixture.temp.join("a.bin")), CONTENT);
});

Deno.test("Protocol2Download: removes a part whose kept bytes are wrong", async () => {
  using fixture = new Fixture();
  const download = await fixture.resumed(patternedBytes(70_000, 2));
  download.onHead(headOf(CONTENT, { offset: 70_000 }));
  await download.onData(CONTENT.slice(70_000));
  await download.onEnd(SHA256);
  const error = await assertRequestError(download, "integrity");
  assertEquals([error.reason, await fixture.list(), download.doubted], [null, [], 0]);
});

Deno.test("Protocol2Download: an offset that was not requested is a protocol error", async () => {
  using fixture = new Fixture();
  const download = await fixture.resumed(CONTENT.subarray(0, 70_000));
  for (const offset of [1, 69_999, 70_001, 100_000]) {
    const head = headOf(CONTENT, { offset });
    assertEquals(assertThrows(() => download.onHead(head), ProtocolError).code, "bad-sequence");
  }
  const error = new Error("over");
  download.fail(error);
  assertStrictEquals(await assertRejects(() => download.result), error);
  const fresh = fixture.download();
  assertThrows(() => fresh.onHead(headOf(CONTENT, { offset: 5 })), ProtocolError);
  fresh.fail(error);
  assertEquals(await fixture.list(), [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"]);
});

Deno.test("Protocol2Download: cancels when FMET has another SHA-256 than requested", async () => {
  using fixture = new Fixture();
  const download = fixture.download({ sha256: sha256Of("other") });
  download.onHead(headOf(CONTENT, { sha256: SHA256 }));
  const error = await assertRequestError(download, "integrity");
  assertEquals([error.reason, download.cancelled], ["sha256-unwanted", 1]);
  await assertDropped(download, CONTENT.slice()); // Sent before the cancel arrives
  await download.onEnd(SHA256);
  assertEquals(await fixture.list(), []);
});

Deno.test("Protocol2Download: removes a file when FEND has another SHA-256 than requested", async () => {
  using fixture = new Fixture();
  const download = fixture.download({ sha256: sha256Of("other") });
  download.onHead(headOf(CONTENT));
  await download.onData(CONTENT.slice());
  await download.onEnd(SHA256);
  const error = await assertRequestError(download, "integrity");
  assertEquals([error.reason, download.cancelled], ["sha256-unwanted", 0]);
  assertEquals(await fixture.list(), []);
});

Deno.test("Protocol2Download: accepts a file with the requested SHA-256", async () => {
  for (const sha256 of [SHA256, null]) {
    using fixture = new Fixture();
    const download = fixture.download({ sha256: SHA256 });
    download.onHead(headOf(CONTENT, { sha256 }));
    await download.onData(CONTENT.slice());
    await download.onEnd(SHA256);
    assertEquals((await download.result).sha256, SHA256);
  }
});

Deno.test("Protocol2Download: removes a file whose hash or size does not match", async () => {
  for (const sent of [patternedBytes(100_000, 2), CONTENT.slice(1), new Uint8Array(0)]) {
    using fixture = new Fixture();
    const download = fixture.download();
    download.onHead(headOf(CONTENT));
    if (sent.length > 0) await download.onData(sent);
    await download.onEnd(SHA256);
    await assertRequestError(download, "integrity");
    assertEquals([await fixture.list(), download.doubted, download.cancelled], [[], 1, 0]);
  }
});

Deno.test("Protocol2Download: fails and cancels on more data than announced", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  download.onHead(headOf(CONTENT));
  await download.onData(CONTENT.slice());
  await download.onData(new Uint8Array(1));
  assertEquals((await assertRejects(() => download.result, ProtocolError)).code, "bad-sequence");
  assertEquals(download.cancelled, 1);
  await download.onEnd(SHA256);
  assertEquals(await fixture.list(), [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"]);
});

Deno.test("Protocol2Download: FAIL rejects, and leaves the part behind unless the source has changed", async () => {
  const parts = [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"];
  for (const [code, left] of [["internal", parts], ["changed", []]] as const) {
    using fixture = new Fixture();
    const early = fixture.download();
    early.onFail(new RequestError("not-found"));
    await assertRequestError(early, "not-found");
    const late = fixture.download();
    late.onHead(headOf(CONTENT));
    await late.onData(CONTENT.slice(0, 10));
    late.onFail(new RequestError(code));
    await assertRequestError(late, code);
    assertEquals(await fixture.list(), [...left]);
    assertEquals([early.cancelled, late.cancelled], [0, 0]); // The server has stopped already
  }
});

Deno.test("Protocol2Download: fail rejects at once, cancels, and drops later data", async () => {
  for (const begun of [false, true]) {
    using fixture = new Fixture();
    const download = fixture.download();
    if (begun) {
      download.onHead(headOf(CONTENT));
      await download.onData(CONTENT.slice(0, 10));
    }
    const reason = new Error("enough");
    download.fail(reason);
    download.fail(new Error("again"));
    assertStrictEquals(await assertRejects(() => download.result), reason);
    assertEquals(download.cancelled, 1);
    const reports = download.progress.length;
    if (!begun) download.onHead(headOf(CONTENT));
    await assertDropped(download, CONTENT.slice(10));
    await download.onZstd(compressed(new Uint8Array(1_000)));
    await download.onEnd(SHA256);
    download.onFail(new RequestError("cancelled"));
    assertEquals(download.progress.length, reports);
    assertEquals(
      await fixture.list(),
      begun ? [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"] : [],
    );
    assertEquals(download.outcomes.length, 1);
  }
});

Deno.test("Protocol2Download: a disk error rejects and cancels", async () => {
  using fixture = new Fixture();
  fixture.temp.write(".tcp-chat/a.bin.part/x", "a folder where the part must be");
  const download = fixture.download();
  download.onHead(headOf(CONTENT));
  await download.onData(CONTENT.slice(0, 10));
  assertEquals((await assertRejects(() => download.result, DiskError)).code, "exists");
  assertEquals(download.cancelled, 1);
  await assertDropped(download, CONTENT.slice(10));
});

Deno.test("Protocol2Download: a taken name is a DiskError", async () => {
  using fixture = new Fixture();
  fixture.temp.write("a.bin", "mine");
  const download = fixture.download({ target: { ifTaken: "refuse" } });
  download.onHead(headOf(CONTENT));
  await download.onData(CONTENT.slice());
  await download.onEnd(SHA256);
  assertEquals((await assertRejects(() => download.result, DiskError)).code, "exists");
  assertEquals(Deno.readTextFileSync(fixture.temp.join("a.bin")), "mine");
});

Deno.test("Protocol2Download: does not store a version that is too long", async () => {
  for (const [length, kept] of [[1_024, true], [1_025, false]] as const) {
    using fixture = new Fixture();
    const download = fixture.download();
    download.onHead(headOf(CONTENT, { version: "v".repeat(length) }));
    await download.onData(CONTENT.slice(0, 10));
    download.fail(new Error("over"));
    const names = kept
      ? [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"]
      : [".tcp-chat/a.bin.part"];
    assertEquals(await fixture.list(), names);
  }
});

Deno.test("Protocol2Download: fail during commit rejects, and the file is kept", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  download.onHead(headOf(CONTENT));
  await download.onData(CONTENT.slice());
  const ending = download.onEnd(SHA256);
  const reason = new Error("too late");
  download.fail(reason);
  await ending;
  assertStrictEquals(await assertRejects(() => download.result), reason);
  assertEquals(await fixture.list(), ["a.bin"]); // Whole and verified
  assertEquals(Deno.readFileSync(fixture.temp.join("a.bin")), CONTENT);
});
