import { assert, assertEquals, assertMatch } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import {
  bodyText,
  readAnswer,
  readAnswerHead,
  request,
  requestText,
  startWebServer,
} from "../helpers/web.ts";

const CONTENT = patternedBytes(3_000_000);
const SIZE = CONTENT.length;
const FILES = { "a.bin": CONTENT, "sub/olá <x>.html": "<script>alert(1)</script>", "empty": "" };

function digest(content: Uint8Array | string): string {
  return `sha-256=:${Uint8Array.fromHex(sha256Of(content)).toBase64()}:`;
}

Deno.test("GET /files: the whole file, to be saved and never shown", async () => {
  await using server = await startWebServer({}, FILES);
  const { status, headers, body } = await request(server.port, "GET /files/a.bin");
  assertEquals(status, 200);
  assertEquals(body, CONTENT);
  assertEquals(headers.get("content-type"), "application/octet-stream");
  assertEquals(headers.get("content-security-policy"), "sandbox; default-src 'none'");
  assertEquals(headers.get("accept-ranges"), "bytes");
  assertMatch(headers.get("content-disposition")!, /^attachment; filename="a.bin";/);
  assertMatch(headers.get("etag")!, /^"[\w-]+"$/);
  const { client, address, bytes } = await server.waitFor("download");
  assertEquals([client, address, bytes], [null, "127.0.0.1", SIZE]);
});

Deno.test("GET /files: what looks like a page is no page", async () => {
  await using server = await startWebServer({}, FILES);
  const { headers, body } = await request(server.port, "GET /files/sub/ol%C3%A1%20%3Cx%3E.html");
  assertEquals(bodyText({ body }), FILES["sub/olá <x>.html"]);
  assertEquals(headers.get("content-type"), "application/octet-stream");
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  assertMatch(headers.get("content-disposition")!, /^attachment; /);
});

Deno.test("GET /files: a range, and the whole file if the range is of another state", async () => {
  await using server = await startWebServer({}, FILES);
  const get = (headers: Record<string, string>) =>
    request(server.port, "GET /files/a.bin", headers);
  const part = await get({ Range: "bytes=1000000-" });
  assertEquals([part.status, part.body], [206, CONTENT.subarray(1_000_000)]);
  assertEquals(part.headers.get("content-range"), `bytes 1000000-${SIZE - 1}/${SIZE}`);
  const tag = part.headers.get("etag")!;
  assertEquals(
    (await get({ "Range": "bytes=5-9", "If-Range": tag })).body,
    CONTENT.subarray(5, 10),
  );
  const other = await get({ "Range": "bytes=5-9", "If-Range": '"other"' });
  assertEquals([other.status, other.body.length], [200, SIZE]);
  const several = await get({ Range: "bytes=0-1,5-6" });
  assertEquals([several.status, several.body.length], [200, SIZE]);
  const beyond = await get({ Range: `bytes=${SIZE}-` });
  assertEquals([beyond.status, beyond.headers.get("content-range")], [416, `bytes */${SIZE}`]);
  assertEquals((await get({ "If-None-Match": tag })).status, 304);
  const date = part.headers.get("last-modified")!;
  // What is put keeps its own date: it tells nothing of the bytes
  assertEquals((await get({ "If-Modified-Since": date })).status, 200);
});

Deno.test("GET /files: no bytes of another state than the one that is asked for", async () => {
  await using server = await startWebServer({}, FILES);
  const status = async (headers: Record<string, string>) => {
    const { status, body } = await request(server.port, "GET /files/a.bin", headers);
    return [status, body.length === 5];
  };
  const { headers } = await request(server.port, "HEAD /files/a.bin");
  const [tag, date] = [headers.get("etag")!, headers.get("last-modified")!];
  const Range = "bytes=5-9";
  for (const match of [tag, `"other", ${tag}`, "*"]) {
    assertEquals(await status({ Range, "If-Match": match }), [206, true], match);
  }
  for (const match of ['"other"', `W/${tag}`, ""]) {
    assertEquals(await status({ Range, "If-Match": match }), [412, false], match);
  }
  const old = "Sat, 01 Jan 2000 00:00:00 GMT";
  assertEquals(await status({ Range, "If-Unmodified-Since": date }), [206, true]);
  assertEquals(await status({ Range, "If-Unmodified-Since": "2000-01-01" }), [206, true]);
  assertEquals(await status({ Range, "If-Unmodified-Since": old }), [412, false]);
  assertEquals(await status({ Range, "If-Match": tag, "If-Unmodified-Since": old }), [206, true]);
  assertEquals(await status({ "If-Match": '"other"', "If-None-Match": tag }), [412, false]);
});

Deno.test("GET /files: an empty file", async () => {
  await using server = await startWebServer({}, FILES);
  const { status, headers, body } = await request(server.port, "GET /files/empty");
  assertEquals([status, headers.get("content-length"), body.length], [200, "0", 0]);
});

Deno.test("HEAD /files: what GET tells, without the bytes and without a range", async () => {
  await using server = await startWebServer({}, FILES);
  const { status, headers } = await request(server.port, "HEAD /files/a.bin", {
    Range: "bytes=0-1",
  });
  assertEquals([status, headers.get("content-length")], [200, String(SIZE)]);
});

Deno.test("GET /files: tells the SHA-256 that it knows, and computes the one that is wanted", async () => {
  using _later = new ShiftedClock(); // The hash of a file that changed just now is not kept
  const small = CONTENT.subarray(0, 1_000); // Large files are hashed ahead of the first request
  await using server = await startWebServer({}, { "a.bin": small });
  const head = async (headers: Record<string, string> = {}) =>
    (await request(server.port, "HEAD /files/a.bin", headers)).headers.get("repr-digest");
  assertEquals(await head(), undefined);
  assertEquals(await head({ "Want-Repr-Digest": "sha-512=9, sha-256=1" }), digest(small));
  assertEquals(await head(), digest(small));
});

Deno.test("GET /files?sha256: the line that sha256sum checks", async () => {
  await using server = await startWebServer({}, FILES);
  const { body } = await request(server.port, "GET /files/sub/ol%C3%A1%20%3Cx%3E.html?sha256");
  const sha256 = sha256Of(FILES["sub/olá <x>.html"]);
  assertEquals(bodyText({ body }), `${sha256}  olá <x>.html\n`);
});

Deno.test("GET /files?json: lists a folder, all of it", async () => {
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`many/f${at}`, "x"]));
  await using server = await startWebServer({}, { ...FILES, ...many });
  const list = async (line: string) =>
    JSON.parse(bodyText(await request(server.port, `GET ${line}`)));
  const root = await list("/files/?json");
  assertEquals(root.entries.map(({ path }: { path: string }) => path), [
    "a.bin",
    "empty",
    "many",
    "sub",
  ]);
  assertEquals((await list("/files?json")).path, "");
  assertEquals((await list("/files/many/?json")).entries.length, 2_000);
  assertEquals((await list("/files?json&recursive")).entries.length, 2_005);
  const [file] = (await list("/files/a.bin?json")).entries;
  assertEquals([file.path, file.type, file.size], ["a.bin", "file", SIZE]);
});

Deno.test("GET /files?json: without chunks for HTTP/1.0", async () => {
  await using server = await startWebServer({}, FILES);
  using peer = await server.connect();
  await peer.send("GET /files?json HTTP/1.0\r\n\r\n");
  const answer = await readAnswer(peer);
  assertEquals(answer.headers.get("transfer-encoding"), undefined);
  assertEquals(JSON.parse(bodyText(answer)).entries.length, 3);
});

Deno.test("GET /files: a folder leads to the page", async () => {
  await using server = await startWebServer({}, { "a b/c/d": "" });
  const locationOf = async (path: string) => {
    const { status, headers } = await request(server.port, `GET ${path}`);
    return [status, headers.get("location")];
  };
  assertEquals(await locationOf("/files"), [303, "/#/files/"]);
  assertEquals(await locationOf("/files/a%20b/c/"), [303, "/#/files/a%20b/c"]);
});

Deno.test("GET /files: refuses names that no client may ask for", async () => {
  await using server = await startWebServer({ dataDirectory: undefined as never }, FILES);
  server.root.write(".tcp-chat/secret", "s");
  const statusOf = async (path: string) =>
    (await request(server.port, `GET /files/${path}`)).status;
  for (const path of ["..", "../x", "..%2f..%2fetc%2fpasswd", "%2e%2e/x", "a//b", "/etc/passwd"]) {
    assertEquals([path, await statusOf(path)], [path, 400]);
  }
  for (const path of ["%", "%ff", "%zz", "a%00b", "a%0d%0ab", "a%5cb", ".tcp-chat/secret"]) {
    assertEquals([path, await statusOf(path)], [path, 400]);
  }
  assertEquals(await statusOf("nothing"), 404);
  assertEquals(await statusOf("a.bin/x"), 404);
});

Deno.test("GET /files: a file that shrinks ends the connection before its length", async () => {
  const size = 50_000_000;
  await using server = await startWebServer({}, { "big": new Uint8Array(size) });
  using peer = await server.connect();
  await peer.send(requestText("GET /files/big"));
  await readAnswerHead(peer);
  await peer.readBytes(1);
  server.root.write("big", "short");
  const { length } = await peer.readBytes(size - 1).catch(() => new Uint8Array());
  assert(length < size - 1, "The body looks whole");
  const { code, path } = await server.waitFor("refused");
  assertEquals([code, path], ["changed", "/files/big"]);
});

Deno.test("GET /files: without files, and without the right to read", async () => {
  await using chat = await startWebServer({ files: false }, FILES);
  assertEquals((await request(chat.port, "GET /files/a.bin")).status, 404);
  await using closed = await startWebServer({ guestRights: new Set(["chat"] as const) }, FILES);
  assertEquals((await request(closed.port, "GET /files/a.bin")).status, 403);
  assertEquals((await request(closed.port, "GET /files?json")).status, 403);
  const { code, client } = await closed.waitFor("refused");
  assertEquals([code, client], ["denied", null]);
});

Deno.test({
  name: "GET /files: rules hold for the path as well as for what it leads to",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using data = new TempDir();
    data.write("rules", "private/** none *\n");
    const files = { "private/a": "secret", "public/b": "open" };
    await using server = await startWebServer({ dataDirectory: data.path }, files);
    const links = {
      "public/file": "../private/a",
      "public/folder": "../private",
      "private/out": "../public/b",
      "private/door": "../public",
      "private/escape": "/",
      "open": "public",
    };
    for (const [path, target] of Object.entries(links)) {
      Deno.symlinkSync(target, server.root.join(path));
    }
    const status = async (path: string) =>
      (await request(server.port, `GET /files/${path}`)).status;
    assertEquals([await status("open/b"), await status("open")], [200, 303]);
    const hidden = ["private", "private/a", "public/folder/a", ...Object.keys(links).slice(0, 5)];
    for (const path of hidden) {
      for (const query of ["", "?sha256", "?json"]) {
        assertEquals(await status(path + query), 404, path + query);
      }
    }
  },
});
