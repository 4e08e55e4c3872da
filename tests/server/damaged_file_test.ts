import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import { HashIndex } from "../../lib/files/hash_index.ts";
import { findStored } from "../../lib/files/local_file.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { DoubtedFiles } from "../../lib/server/context/doubted_files.ts";
import { FileHashes } from "../../lib/transfer/file_hashes.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { nextRequest, Protocol2ScriptedServer } from "../helpers/protocol2_scripted_server.ts";
import { dataFrames, jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { rememberHash } from "../helpers/rot.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { TestPool } from "../helpers/workers.ts";

const LARGE = patternedBytes(3_000_000, 4);
const SMALL = patternedBytes(2_000, 5);
const LOST = sha256Of("the bytes that the disk has lost");

async function download(port: number, path: string, directory: string): Promise<string> {
  await using client = await connect({ hostname: "127.0.0.1", port });
  return (await within(client.download(path, { directory }), "the download")).sha256;
}

function errorsOf(server: TestServer): string[] {
  return server.eventsOf("error").map(({ message }) => message);
}

Deno.test("FGET: a file whose bytes are not those of its SHA-256 is not taken, and told in the log once", async () => {
  using data = new TempDir();
  await using server = await startServer({ dataDirectory: data.path }, {
    "large.bin": LARGE,
    "small.bin": SMALL,
  });
  for (const [i, [path, bytes]] of [["large.bin", LARGE], ["small.bin", SMALL]].entries()) {
    rememberHash({ root: server.root, data }, path as string, LOST);
    for (let tries = 0; tries < 2; tries++) {
      const attempt = () => download(server.port, path as string, data.join("got"));
      assertEquals((await assertRejects(attempt, RequestError)).code, "integrity");
      await server.waitFor("error", ({ message }) => message.startsWith(path as string));
    }
    assertEquals(errorsOf(server).length, i + 1);
    server.root.write(path as string, bytes as Uint8Array<ArrayBuffer>); // From a backup
    const sha256 = sha256Of(bytes as Uint8Array);
    assertEquals(await download(server.port, path as string, data.join("got")), sha256);
  }
});

Deno.test("FCAN: a download is doubted only that was sent, and only by its own client", async () => {
  using data = new TempDir();
  await using server = await startServer({ dataDirectory: data.path }, {
    "a.bin": LARGE,
    "b.bin": LARGE,
  });
  for (const path of ["a.bin", "b.bin"]) rememberHash({ root: server.root, data }, path, LOST);
  using peer = await Protocol2Peer.connect(server.port);
  using other = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FGET", { path: "a.bin" });
  await peer.receiveFile(id);
  for (const wrong of [{ id: id + 1_000, wrong: true }, { id, wrong: 1 }, { id }]) {
    await peer.send("FCAN", wrong);
  }
  await other.send("FCAN", { id, wrong: true });
  await other.assertLives();
  await peer.assertLives();
  const second = await peer.ask("FGET", { path: "b.bin" });
  await peer.receiveFile(second);
  await peer.send("FCAN", { id: second, wrong: true });
  await server.waitFor("error"); // What was doubted before is checked before
  assertEquals(errorsOf(server).map((message) => message.slice(0, 5)), ["b.bin"]);
});

Deno.test("FCAN: an answer is doubted only that had all bytes of the file, and is over", async () => {
  using data = new TempDir();
  const cutBytes = patternedBytes(24_000_000, 6); // More than sockets hold
  const files = { piece: LARGE, rest: LARGE, cut: cutBytes, whole: LARGE };
  await using server = await startServer({ dataDirectory: data.path }, files);
  for (const name of Object.keys(files)) rememberHash({ root: server.root, data }, name, LOST);
  using peer = await Protocol2Peer.connect(server.port);
  const { version } = await peer.request("STAT", { path: "rest" });
  for (
    const [path, fields] of [["piece", { length: 1 }], ["rest", { offset: 1, version }]] as const
  ) {
    const id = await peer.ask("FGET", { path, ...fields });
    await peer.receiveFile(id);
    await peer.send("FCAN", { id, wrong: true });
  }
  const cut = await peer.ask("FGET", { path: "cut" });
  await peer.expect("FMET");
  await peer.send("FCAN", { id: cut, wrong: true });
  for (let type; type !== "FAIL" && type !== "FEND"; type = (await peer.read())?.type);
  const whole = await peer.ask("FGET", { path: "whole" });
  await peer.receiveFile(whole);
  await peer.send("FCAN", { id: whole, wrong: true });
  await server.waitFor("error"); // What was doubted before is checked before
  assertEquals(errorsOf(server).map((message) => message.slice(0, 5)), ["whole"]);
});

for (const features of [["files", "doubt"], ["files"]]) {
  Deno.test(`Client.download: tells a server with the features ${features} whether its bytes are wrong`, async () => {
    const told = Promise.withResolvers<unknown>();
    const data = async (peer: Protocol2Peer) => {
      const { id } = await nextRequest(peer, "FGET");
      const { length: size } = SMALL;
      const head = { id, path: "a.bin", size, mtime: 0, version: "v", offset: 0 };
      await peer.raw.send(jsonFrame("FMET", head));
      for (const frame of dataFrames(SMALL)) await peer.raw.send(frame);
      await peer.raw.send(jsonFrame("FEND", { id, sha256: LOST }));
      const next = await peer.read();
      told.resolve(next?.type === "FCAN" ? { ...next.json, id: next.json.id === id } : next?.type);
    };
    await using server = new Protocol2ScriptedServer({ data, hello: { features } });
    using temp = new TempDir();
    await assertRejects(() => download(server.port, "a.bin", temp.path), RequestError);
    const expected = features.includes("doubt") ? { id: true, wrong: true } : "QUIT";
    assertEquals(await within(told.promise, "the next frame"), expected);
  });
}

Deno.test("Client.read: tells a server whether its bytes are wrong", async () => {
  using data = new TempDir();
  await using server = await startServer({ dataDirectory: data.path }, { "a.bin": LARGE });
  rememberHash({ root: server.root, data }, "a.bin", LOST);
  await using client = await connect({ hostname: "127.0.0.1", port: server.port });
  await assertRejects(
    () => within(new Response(client.read("a.bin")).bytes(), "the stream"),
    Error,
  );
  await server.waitFor("error", ({ message }) => message.startsWith("a.bin"));
});

Deno.test("DoubtedFiles: hashes a file once as it is, and tells of one whose bytes are wrong", async () => {
  using temp = new TempDir();
  using pool = new TestPool(1);
  const database = openDatabase(IN_MEMORY);
  const index = new HashIndex(database);
  const hashes = new FileHashes(index, pool, () => {});
  const damaged: string[] = [];
  const doubts = new DoubtedFiles({ hashes, pool, onDamaged: (path) => damaged.push(path) });
  for (const [path, sha256] of [["right", sha256Of(SMALL)], ["wrong", LOST]] as const) {
    const file = (await findStored(temp.write(path, SMALL)))!;
    await doubts.check(path, file); // Nothing is known of it
    index.store(file.realPath, file.stamp, sha256, Date.now() + 10_000);
    await doubts.check(path, file);
    await doubts.check(path, file);
    doubts.tell(path, file);
  }
  assertEquals(damaged, ["wrong"]);
  const again = (await findStored(temp.write("wrong", LARGE)))!;
  doubts.tell("wrong", again);
  assertEquals(damaged, ["wrong", "wrong"]);
  database.close();
});
