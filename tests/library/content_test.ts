import { assert, assertEquals, assertRejects } from "@std/assert";
import { RequestError, type UploadContent } from "../../mod.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { LibraryFixture } from "../helpers/library_fixture.ts";

const MIB = 1024 * 1024;
const TEXT = new TextEncoder().encode("content");

/** A stream of the bytes in pieces. */
function streamOf(bytes: Uint8Array, pieceBytes = 100_000): ReadableStream<Uint8Array> {
  return ReadableStream.from(function* () {
    for (let i = 0; i < bytes.length; i += pieceBytes) yield bytes.subarray(i, i + pieceBytes);
  }());
}

/** The files of the server, those under way included. */
function filesOf({ root }: LibraryFixture): string[] {
  return root.list().filter((name) => name !== ".tcp-chat");
}

for (const size of [0, 1, 65_536, MIB, MIB + 1, 3 * MIB + 5]) {
  Deno.test(`Client.upload: sends bytes, a blob and a stream of ${size} bytes`, async () => {
    await using fixture = await LibraryFixture.start();
    const content = patternedBytes(size);
    const kinds: Record<string, UploadContent> = {
      bytes: content,
      blob: new Blob([content]),
      stream: streamOf(content),
    };
    for (const [kind, each] of Object.entries(kinds)) {
      const path = `f/${kind}.bin`;
      const steps: number[] = [];
      const result = await fixture.client.upload(each, {
        path,
        sizeBytes: size,
        onProgress: (bytes, total) => steps.push(bytes, total),
      });
      const sha256 = sha256Of(content);
      assertEquals(result, { path, sizeBytes: size, sha256, skipped: false, resumedFrom: 0 });
      assertEquals(Deno.readFileSync(fixture.root.join(path)), content);
      assertEquals(steps.slice(-2), [size, size]);
    }
    assertEquals(fixture.root.list(".tcp-chat"), []);
  });
}

Deno.test("Client.upload: leaves the caller its array", async () => {
  await using fixture = await LibraryFixture.start();
  const bytes = patternedBytes(2 * MIB);
  await fixture.client.upload(bytes.subarray(5), { path: "a" });
  assertEquals(bytes, patternedBytes(2 * MIB));
});

Deno.test("Client.upload: refuses a stream of the wrong length, and leaves nothing", async () => {
  await using fixture = await LibraryFixture.start();
  const lengths = [[5, 4], [5, 6], [0, 1], [1, 0], [3 * MIB, MIB], [MIB, 3 * MIB]] as const;
  for (const [size, sizeBytes] of lengths) {
    const upload = fixture.client.upload(streamOf(patternedBytes(size)), { path: "a", sizeBytes });
    await assertRejects(() => upload, RangeError, `announced were ${sizeBytes}`);
    assertEquals(filesOf(fixture), []);
  }
  await fixture.client.upload(TEXT, { path: "a" }); // The connection goes on
});

for (const size of [TEXT.length, MIB + 5]) {
  Deno.test(`Client.upload: refuses more than ${size} bytes where the stream never ends`, async () => {
    await using fixture = await LibraryFixture.start();
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(patternedBytes(size + 1)),
    });
    const upload = fixture.client.upload(stream, { path: "a", sizeBytes: size });
    await assertRejects(() => within(upload, "the failure"), RangeError, "has more bytes");
    assertEquals(filesOf(fixture), []);
  });
}

Deno.test("Client.upload: can be aborted while a stream gives empty pieces without end", async () => {
  await using fixture = await LibraryFixture.start();
  let pulls = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (++pulls > 1_000_000) controller.error(new Error("the event loop has not turned"));
      else controller.enqueue(new Uint8Array());
    },
  });
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("enough")), 20);
  const upload = fixture.client.upload(stream, { path: "a", sizeBytes: 5, signal: stop.signal });
  await assertRejects(() => upload, Error, "enough");
  assert(pulls < 1_000_000);
  assertEquals(filesOf(fixture), []);
});

Deno.test("Client.upload: fails with what the stream fails with, and leaves nothing", async () => {
  await using fixture = await LibraryFixture.start();
  const stream = ReadableStream.from(function* () {
    yield TEXT;
    throw new Error("no more");
  }());
  const upload = fixture.client.upload(stream, { path: "a", sizeBytes: 2 * TEXT.length });
  await assertRejects(() => upload, Error, "no more");
  assertEquals(filesOf(fixture), []);
});

Deno.test("Client.upload: stops on its signal while the stream gives nothing, and cancels it", async () => {
  await using fixture = await LibraryFixture.start();
  const asked = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<unknown>();
  const stream = new ReadableStream<Uint8Array>({
    pull: () => asked.resolve(),
    cancel: (reason) => cancelled.resolve(reason),
  }, { highWaterMark: 0 });
  const controller = new AbortController();
  const { signal } = controller;
  const upload = fixture.client.upload(stream, { path: "a", sizeBytes: 5, signal });
  await within(asked.promise, "the first read");
  const reason = new Error("enough");
  controller.abort(reason);
  await assertRejects(() => upload, Error, "enough");
  assertEquals(await within(cancelled.promise, "the cancellation"), reason);
});

Deno.test("Client.upload: leaves identical content alone, and no other without replace", async () => {
  await using fixture = await LibraryFixture.start();
  const { client } = fixture;
  await client.upload(TEXT, { path: "a" });
  for (const content of [TEXT, new Blob([TEXT])]) {
    assertEquals((await client.upload(content, { path: "a" })).skipped, true);
    assertEquals((await client.upload(content, { path: "a", replace: true })).skipped, true);
  }
  const other = TEXT.with(0, 5);
  for (const content of [other, streamOf(other), streamOf(TEXT)]) {
    const upload = client.upload(content, { path: "a", sizeBytes: TEXT.length });
    assertEquals((await assertRejects(() => upload, RequestError)).code, "exists");
  }
  assertEquals(Deno.readFileSync(fixture.root.join("a")), TEXT);
  await client.upload(streamOf(other), { path: "a", sizeBytes: TEXT.length, replace: true });
  assertEquals(Deno.readFileSync(fixture.root.join("a")), other);
});

Deno.test("Client.upload: cancels a stream that the server does not take", async () => {
  await using fixture = await LibraryFixture.start();
  await fixture.client.upload(TEXT, { path: "a" });
  const cancelled = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array>({ cancel: () => cancelled.resolve() });
  const upload = fixture.client.upload(stream, { path: "a", sizeBytes: 2 * MIB });
  assertEquals((await assertRejects(() => upload, RequestError)).code, "exists");
  await within(cancelled.promise, "the cancellation");
});

Deno.test("Client.upload: sends several streams at once, and small content beside a slow one", async () => {
  await using fixture = await LibraryFixture.start();
  const slow = Promise.withResolvers<Uint8Array>();
  const stream = ReadableStream.from(async function* () {
    yield await slow.promise;
  }());
  const waiting = fixture.client.upload(stream, { path: "slow", sizeBytes: TEXT.length });
  const names = Array.from({ length: 40 }, (_, i) => `${i}.bin`);
  await Promise.all(names.map((path, i) => {
    const content = patternedBytes(10_000 + i, i + 1);
    return fixture.client.upload(streamOf(content), { path, sizeBytes: content.length });
  }));
  slow.resolve(TEXT);
  assertEquals((await waiting).sha256, sha256Of(TEXT));
  for (const [i, name] of names.entries()) {
    assertEquals(Deno.readFileSync(fixture.root.join(name)), patternedBytes(10_000 + i, i + 1));
  }
});

Deno.test("Client.upload: announces content in a room", async () => {
  await using fixture = await LibraryFixture.start();
  const told = Promise.withResolvers<unknown>();
  await fixture.connectAnother({
    onEvent: (event) => event.event === "file" && told.resolve([event.room, event.path]),
  });
  await fixture.client.upload(TEXT, { path: "a", room: "lobby" });
  assertEquals(await within(told.promise, "the event"), ["lobby", "a"]);
});
