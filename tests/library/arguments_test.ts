import { assertEquals, assertRejects } from "@std/assert";
import {
  connect,
  type ConnectOptions,
  type DownloadOptions,
  RequestError,
  type UploadOptions,
} from "../../mod.ts";
import { LibraryFixture } from "../helpers/library_fixture.ts";

type Wrong = [unknown, typeof TypeError | typeof RangeError, string];

Deno.test("connect: says which option is wrong before it connects", async () => {
  const wrong: [object, typeof TypeError | typeof RangeError, string][] = [
    [{ port: 5555 }, TypeError, "hostname must be a text, is undefined"],
    [{ hostname: "", port: 5555 }, TypeError, 'hostname must be a text, is ""'],
    [{ hostname: "h" }, TypeError, "port must be a number, is undefined"],
    [{ hostname: "h", port: "5555" }, TypeError, 'port must be a number, is "5555"'],
    [{ hostname: "h", port: 0 }, RangeError, "port must be from 1 to 65535, is 0"],
    [{ hostname: "h", port: 65_536 }, RangeError, "is 65536"],
    [{ hostname: "h", port: 1.5 }, RangeError, "is 1.5"],
    [{ hostname: "h", port: 1, connections: 0 }, RangeError, "connections must be from 1"],
  ];
  for (const [options, type, text] of wrong) {
    await assertRejects(() => connect(options as ConnectOptions), type, text);
  }
});

Deno.test("Client.download: says which argument is wrong before anything is opened", async () => {
  await using fixture = await LibraryFixture.start();
  const directory = fixture.folder.path;
  const wrong: Wrong[] = [
    [{ directory: "" }, TypeError, 'directory must be a text, is ""'],
    [{ directory: 5 }, TypeError, "directory must be a text, is 5"],
    [{ directory, name: "" }, TypeError, "name must be a text"],
    [{ directory, name: null }, TypeError, "name must be a text, is null"],
    [{ directory, sha256: "abc" }, TypeError, 'sha256 must be 64 hex digits, is "abc"'],
    [{ directory, sizeBytes: -1 }, RangeError, "sizeBytes must be from 0"],
  ];
  for (const [options, type, text] of wrong) {
    const download = fixture.client.download("a.txt", options as DownloadOptions);
    await assertRejects(() => download, type, text);
  }
  await assertRejects(() => fixture.client.download(""), TypeError, "the path must be a text");
  for (const name of ["../x", "a/b", "..", ".tcp-chat", "a\0b"]) {
    const download = fixture.client.download("a.txt", { directory, name });
    assertEquals((await assertRejects(() => download, RequestError)).code, "bad-path");
  }
  assertEquals(fixture.folder.list(), []);
});

Deno.test("Client.download: takes the name of the file on the server, and the current folder", async () => {
  await using fixture = await LibraryFixture.start();
  fixture.root.write("f/ação.txt", "deep");
  const directory = fixture.folder.path;
  const { file } = await fixture.client.download("f/ação.txt", { directory });
  assertEquals(file, fixture.folder.join("ação.txt"));
  const before = Deno.cwd();
  Deno.chdir(fixture.folder.path);
  try {
    const { file } = await fixture.client.download("f/ação.txt", { name: "b.txt" });
    assertEquals(file, "b.txt");
    assertEquals((await fixture.client.download("f/ação.txt")).skipped, true);
  } finally {
    Deno.chdir(before);
  }
  assertEquals(fixture.folder.list(), ["ação.txt", "b.txt"]);
});

Deno.test("Client.download: takes a hash in upper case", async () => {
  await using fixture = await LibraryFixture.start();
  fixture.root.write("a.txt", "a");
  const sha256 = (await fixture.client.stat("a.txt")).sha256?.toUpperCase() ?? "";
  const directory = fixture.folder.path;
  assertEquals((await fixture.client.download("a.txt", { directory, sha256 })).sizeBytes, 1);
});

Deno.test("Client.upload: says which argument is wrong before anything is opened", async () => {
  await using fixture = await LibraryFixture.start();
  const bytes = new Uint8Array(3);
  const stream = () => ReadableStream.from([bytes]);
  const locked = stream();
  locked.getReader();
  const wrong: [unknown, object, typeof TypeError | typeof RangeError, string][] = [
    ["", {}, TypeError, "the path of the file must be a text"],
    [undefined, {}, TypeError, "this is no path, Uint8Array, Blob or ReadableStream"],
    [[1, 2], { path: "a" }, TypeError, "this is no path"],
    [bytes, {}, TypeError, "path must be a text, is undefined"],
    [bytes, { path: "a", sizeBytes: 4 }, RangeError, "the content has 3 bytes, announced were 4"],
    [stream(), { path: "a" }, TypeError, "sizeBytes must be a number, is undefined"],
    [stream(), { path: "a", sizeBytes: -1 }, RangeError, "sizeBytes must be from 0"],
    [locked, { path: "a", sizeBytes: 3 }, TypeError, "the stream has a reader"],
    ["a", { room: 5 }, TypeError, "room must be a text, is 5"],
  ];
  for (const [content, options, type, text] of wrong) {
    const upload = fixture.client.upload(content as string, options as UploadOptions);
    await assertRejects(() => upload, type, text);
  }
  const texts = ReadableStream.from(["abc"]) as unknown as ReadableStream<Uint8Array>;
  const upload = fixture.client.upload(texts, { path: "a", sizeBytes: 3 });
  await assertRejects(() => upload, TypeError, "must consist of Uint8Array");
  assertEquals(fixture.root.list().filter((name) => name !== ".tcp-chat"), []);
});
