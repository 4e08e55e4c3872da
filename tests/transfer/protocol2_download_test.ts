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

  /** A download of which so much is there already. */
  async resumed(left: Uint8Array, options: Options = {}): Promise<TestDownload> {
    this.temp.write("a.bin.part", left);
    this.temp.write("a.bin.part.version", "v1");
    const download = this.download({ ...options, target: { keepBytes: left.length } });
    assertEquals(await download.prepare(), left.length);
    return download;
  }

  /** Waits until the worker has done all that it was told, and lists the folder. */
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

/** Data that come after the result is settled count for nothing. */
async function assertDropped(download: TestDownload, data: Uint8Array<ArrayBuffer>): Promise<void> {
  const before = download.progress.length;
  await download.onData(data);
  assertEquals(download.progress.length, before);
}

Deno.test("a download ends with the file in its place, with its time", async () => {
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

Deno.test("a download of an empty file ends with its hash", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  download.onHead(headOf(new Uint8Array(0)));
  await download.onEnd(sha256Of(""));
  assertEquals((await download.result).sizeBytes, 0);
  assertEquals(await fixture.list(), ["a.bin"]);
});

Deno.test("a download may be compressed, in part or as a whole", async () => {
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

Deno.test("a download goes on where an earlier one broke off", async () => {
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

Deno.test("a download that the server begins anew drops what was there", async () => {
  using fixture = new Fixture();
  const download = await fixture.resumed(patternedBytes(70_000, 2));
  download.onHead(headOf(CONTENT, { version: "v2" }));
  await download.onData(CONTENT.slice());
  await download.onEnd(SHA256);
  assertEquals((await download.result).resumedFrom, 0);
  assertEquals(Deno.readFileSync(fixture.temp.join("a.bin")), CONTENT);
});

Deno.test("what was left and is not of this file makes it wrong, and nothing is left then", async () => {
  using fixture = new Fixture();
  const download = await fixture.resumed(patternedBytes(70_000, 2));
  download.onHead(headOf(CONTENT, { offset: 70_000 }));
  await download.onData(CONTENT.slice(70_000));
  await download.onEnd(SHA256);
  const error = await assertRequestError(download, "integrity");
  assertEquals([error.reason, await fixture.list()], [null, []]);
});

Deno.test("a server that sends from elsewhere than it was asked to breaks the connection", async () => {
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
  assertEquals(await fixture.list(), ["a.bin.part", "a.bin.part.version"]);
});

Deno.test("a server whose file is known to be another one than wanted is told to stop", async () => {
  using fixture = new Fixture();
  const download = fixture.download({ sha256: sha256Of("other") });
  download.onHead(headOf(CONTENT, { sha256: SHA256 }));
  const error = await assertRequestError(download, "integrity");
  assertEquals([error.reason, download.cancelled], ["sha256-unwanted", 1]);
  await assertDropped(download, CONTENT.slice()); // It sends all the same
  await download.onEnd(SHA256);
  assertEquals(await fixture.list(), []);
});

Deno.test("a file that turns out to be another one than wanted is dropped", async () => {
  using fixture = new Fixture();
  const download = fixture.download({ sha256: sha256Of("other") });
  download.onHead(headOf(CONTENT));
  await download.onData(CONTENT.slice());
  await download.onEnd(SHA256);
  const error = await assertRequestError(download, "integrity");
  assertEquals([error.reason, download.cancelled], ["sha256-unwanted", 0]);
  assertEquals(await fixture.list(), []);
});

Deno.test("a file that is the one that is wanted is taken", async () => {
  for (const sha256 of [SHA256, null]) {
    using fixture = new Fixture();
    const download = fixture.download({ sha256: SHA256 });
    download.onHead(headOf(CONTENT, { sha256 }));
    await download.onData(CONTENT.slice());
    await download.onEnd(SHA256);
    assertEquals((await download.result).sha256, SHA256);
  }
});

Deno.test("data that does not fit its hash, or its size, leaves no file", async () => {
  for (const sent of [patternedBytes(100_000, 2), CONTENT.slice(1), new Uint8Array(0)]) {
    using fixture = new Fixture();
    const download = fixture.download();
    download.onHead(headOf(CONTENT));
    if (sent.length > 0) await download.onData(sent);
    await download.onEnd(SHA256);
    await assertRequestError(download, "integrity");
    assertEquals(await fixture.list(), []);
  }
});

Deno.test("more data than was announced ends the download, and the server is told to stop", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  download.onHead(headOf(CONTENT));
  await download.onData(CONTENT.slice());
  await download.onData(new Uint8Array(1));
  assertEquals((await assertRejects(() => download.result, ProtocolError)).code, "bad-sequence");
  assertEquals(download.cancelled, 1);
  await download.onEnd(SHA256);
  assertEquals(await fixture.list(), ["a.bin.part", "a.bin.part.version"]);
});

Deno.test("a failure of the server ends the download, and leaves the part", async () => {
  using fixture = new Fixture();
  const early = fixture.download();
  early.onFail(new RequestError("not-found"));
  await assertRequestError(early, "not-found");
  const late = fixture.download();
  late.onHead(headOf(CONTENT));
  await late.onData(CONTENT.slice(0, 10));
  late.onFail(new RequestError("changed"));
  await assertRequestError(late, "changed");
  assertEquals(await fixture.list(), ["a.bin.part", "a.bin.part.version"]);
  assertEquals([early.cancelled, late.cancelled], [0, 0]); // It has stopped already
});

Deno.test("a failure on this side ends the download at once, and drops what still comes", async () => {
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
    const told = download.progress.length;
    if (!begun) download.onHead(headOf(CONTENT));
    await assertDropped(download, CONTENT.slice(10));
    await download.onZstd(compressed(new Uint8Array(1_000)));
    await download.onEnd(SHA256);
    download.onFail(new RequestError("cancelled"));
    assertEquals(download.progress.length, told);
    assertEquals(await fixture.list(), begun ? ["a.bin.part", "a.bin.part.version"] : []);
    assertEquals(download.outcomes.length, 1);
  }
});

Deno.test("a disk that fails ends the download, and the server is told to stop", async () => {
  using fixture = new Fixture();
  fixture.temp.write("a.bin.part/x", "a folder where the part must be");
  const download = fixture.download();
  download.onHead(headOf(CONTENT));
  await download.onData(CONTENT.slice(0, 10));
  assertEquals((await assertRejects(() => download.result, DiskError)).code, "exists");
  assertEquals(download.cancelled, 1);
  await assertDropped(download, CONTENT.slice(10));
});

Deno.test("a name that all numbers have been given to is an error of the disk", async () => {
  using fixture = new Fixture();
  fixture.temp.write("a.bin", "mine");
  const download = fixture.download({ target: { ifTaken: "refuse" } });
  download.onHead(headOf(CONTENT));
  await download.onData(CONTENT.slice());
  await download.onEnd(SHA256);
  assertEquals((await assertRejects(() => download.result, DiskError)).code, "exists");
  assertEquals(Deno.readTextFileSync(fixture.temp.join("a.bin")), "mine");
});

Deno.test("a version that is too long to be a version is not kept", async () => {
  for (const [length, kept] of [[1_024, true], [1_025, false]] as const) {
    using fixture = new Fixture();
    const download = fixture.download();
    download.onHead(headOf(CONTENT, { version: "v".repeat(length) }));
    await download.onData(CONTENT.slice(0, 10));
    download.fail(new Error("over"));
    const names = kept ? ["a.bin.part", "a.bin.part.version"] : ["a.bin.part"];
    assertEquals(await fixture.list(), names);
  }
});

Deno.test("an abort while the file gets its name loses no file and no error", async () => {
  using fixture = new Fixture();
  const download = fixture.download();
  download.onHead(headOf(CONTENT));
  await download.onData(CONTENT.slice());
  const ending = download.onEnd(SHA256);
  const reason = new Error("too late");
  download.fail(reason);
  await ending;
  assertStrictEquals(await assertRejects(() => download.result), reason);
  assertEquals(await fixture.list(), ["a.bin"]); // Whole and right, though nobody waited for it
  assertEquals(Deno.readFileSync(fixture.temp.join("a.bin")), CONTENT);
});
