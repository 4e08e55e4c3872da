import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type Message, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertServesOn } from "../helpers/serves_on.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const MIB = 1024 * 1024;
/** Exceeds all buffers between the disk and a peer that does not read. */
const BIG_BYTES = 64 * MIB;
const FULL = LIMITS.protocol2DataBytes;
const SIZES = [0, 1, FULL - 1, FULL, FULL + 1, 3 * MIB + 5];
const FILES = Object.fromEntries(SIZES.map((size) => [`${size}.bin`, patternedBytes(size, size)]));

for (const size of SIZES) {
  Deno.test(`FGET: sends a file of ${size} bytes as FMET, data and FEND`, async () => {
    await using server = await startServer({}, { [`f/${size}.bin`]: FILES[`${size}.bin`]! });
    using peer = await Protocol2Peer.connect(server.port);
    const path = `f/${size}.bin`;
    const { mtime } = Deno.statSync(server.root.join(path));
    const { head: { version, ...head }, end, bytes, types } = await peer.get(path);
    const content = FILES[`${size}.bin`]!;
    const known = size === 0 ? { sha256: sha256Of("") } : {};
    assertEquals(head, { path, size, mtime: mtime!.getTime(), offset: 0, ...known });
    assert(typeof version === "string" && version !== "");
    assertEquals(end, { sha256: sha256Of(content) });
    assertEquals(bytes, content);
    assertEquals(new Set(types), new Set(size === 0 ? [] : ["FDAT"]));
    const { event: _, seconds, ...logged } = await server.waitFor("download");
    assertEquals(logged, { client: 1, path, bytes: size });
    assert(seconds >= 0 && seconds < 10);
  });
}

Deno.test("FGET: sends no data frame larger than the limit in HELO", async () => {
  await using server = await startServer({}, { "a.bin": patternedBytes(5 * MIB) });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.ask("FGET", { path: "a.bin" });
  await peer.expect("FMET");
  let bytes = 0;
  for (let message: Message; (message = (await peer.read())!).type === "FDAT";) {
    assert(message.payload.length > 0 && message.payload.length <= MIB);
    bytes += message.payload.length;
  }
  assertEquals(bytes, 5 * MIB);
});

Deno.test("FMET: has the SHA-256 if the server knows it without reading the file", async () => {
  await using server = await startServer({}, { "a.bin": FILES["1.bin"]! });
  using _later = new ShiftedClock();
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals((await peer.get("a.bin")).head.sha256, undefined);
  assertEquals((await peer.get("a.bin")).head.sha256, sha256Of(FILES["1.bin"]!));
  // Unknown again after a change
  server.root.write("a.bin", "other");
  const { head, end } = await peer.get("a.bin");
  assertEquals([head.sha256, end.sha256], [undefined, sha256Of("other")]);
});

Deno.test("FGET: answers pipelined requests in order, failures included", async () => {
  await using server = await startServer({}, FILES);
  using peer = await Protocol2Peer.connect(server.port);
  const names = [...Object.keys(FILES), ...Object.keys(FILES).reverse()];
  const ids: number[] = [];
  for (const path of names) {
    ids.push(await peer.ask("FGET", { path }), await peer.ask("FGET", { path: "missing" }));
  }
  for (const name of names) {
    const { head, bytes } = await peer.receiveFile(ids.shift()!);
    assertEquals([head.path, sha256Of(bytes)], [name, sha256Of(FILES[name]!)]);
    assertEquals(await peer.fail(ids.shift()!), "not-found");
  }
});

Deno.test("FGET: fails for missing files, folders and bad paths, and the connection lives", async () => {
  await using server = await startServer({}, { "f/a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await peer.refusal("FGET", { path: "missing" }), "not-found");
  assertEquals(await peer.refusal("FGET", { path: "f/a.txt/b" }), "not-found");
  assertEquals(await peer.refusal("FGET", { path: "f" }), "not-a-file");
  for (const path of ["", "../x", "/etc/passwd", "f//a.txt", "f/./a.txt", ".tcp-chat/x", "a\\b"]) {
    assertEquals(await peer.refusal("FGET", { path }), "bad-path", path);
  }
  const { bytes } = await peer.get("f/a.txt");
  assertEquals(new TextDecoder().decode(bytes), "a");
  const logged = server.eventsOf("refused").slice(0, 3).map(({ code, path }) => [code, path]);
  // The second `not-found` is summed up later
  assertEquals(logged, [["not-found", "missing"], ["not-a-file", "f"], ["bad-path", ""]]);
});

Deno.test({
  name: "FGET: never opens FIFOs, devices and links out of the root",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using server = await startServer();
    new Deno.Command("mkfifo", { args: [server.root.join("fifo")] }).outputSync();
    Deno.symlinkSync("/dev/zero", server.root.join("zero"));
    Deno.symlinkSync("/etc", server.root.join("etc"));
    using peer = await Protocol2Peer.connect(server.port);
    assertEquals(await peer.refusal("FGET", { path: "fifo" }), "not-a-file");
    assertEquals(await peer.refusal("FGET", { path: "zero" }), "bad-path");
    assertEquals(await peer.refusal("FGET", { path: "etc/passwd" }), "bad-path");
  },
});

Deno.test("FGET: is unsupported without files", async () => {
  await using server = await startServer({ files: false }, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await peer.refusal("FGET", { path: "a.txt" }), "unsupported");
});

/** Reads data up to the frame that ends the download, and counts its bytes. */
async function readData(peer: Protocol2Peer): Promise<{ bytes: number; last: Message }> {
  for (let bytes = 0;;) {
    const message = (await peer.read())!;
    if (message.type !== "FDAT") return { bytes, last: message };
    bytes += message.payload.length;
  }
}

Deno.test("FCAN: ends a download with FAIL, and the next download follows", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  writeZeros(server.root.join("big.bin"), BIG_BYTES);
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FGET", { path: "big.bin" });
  const next = await peer.ask("FGET", { path: "a.txt" });
  await peer.expect("FMET");
  await peer.send("FCAN", { id });
  const { bytes, last: { type, json } } = await readData(peer);
  assertEquals([type, json.id, json.code], ["FAIL", id, "cancelled"]);
  assert(bytes < BIG_BYTES, "all of the file came");
  assertEquals(new TextDecoder().decode((await peer.receiveFile(next)).bytes), "a");
  assertEquals(server.eventsOf("download").map(({ path }) => path), ["a.txt"]);
  await assertServesOn(server);
});

Deno.test("FCAN: cancels a download that waits for its turn", async () => {
  await using server = await startServer({}, { "a.txt": "a", "b.txt": "b" });
  writeZeros(server.root.join("big.bin"), BIG_BYTES);
  using peer = await Protocol2Peer.connect(server.port);
  const big = await peer.ask("FGET", { path: "big.bin" });
  const cancelled = await peer.ask("FGET", { path: "a.txt" });
  const next = await peer.ask("FGET", { path: "b.txt" });
  await peer.expect("FMET");
  await peer.send("FCAN", { id: cancelled });
  const { bytes, last } = await readData(peer);
  assertEquals([bytes, last.type, last.json.id], [BIG_BYTES, "FEND", big]);
  assertEquals(await peer.fail(cancelled), "cancelled");
  assertEquals((await peer.receiveFile(next)).head.path, "b.txt");
});

Deno.test("FCAN: is ignored for an answered or unknown id", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FGET", { path: "a.txt" });
  await peer.receiveFile(id);
  for (const unknown of [id, 99, 2 ** 31 - 1]) await peer.send("FCAN", { id: unknown });
  await peer.assertLives();
  assertEquals((await peer.get("a.txt")).bytes.length, 1);
});

/** Changes of the file while it is sent. */
const CHANGES: Record<string, (path: string) => void> = {
  "grows": (path) => Deno.writeFileSync(path, new Uint8Array(1), { append: true }),
  "shrinks": (path) => Deno.truncateSync(path, BIG_BYTES - 1),
  "is touched": (path) => Deno.utimeSync(path, new Date(), new Date()),
  "is removed": (path) => Deno.removeSync(path),
  "is replaced by another of its size": (path) => {
    writeZeros(`${path}.new`, BIG_BYTES);
    Deno.renameSync(`${path}.new`, path);
  },
};

for (const [what, change] of Object.entries(CHANGES)) {
  Deno.test(`FGET: fails with changed when the file ${what} during the download`, async () => {
    await using server = await startServer();
    const path = server.root.join("big.bin");
    writeZeros(path, BIG_BYTES);
    using peer = await Protocol2Peer.connect(server.port);
    const id = await peer.ask("FGET", { path: "big.bin" });
    await peer.expect("FMET");
    change(path);
    const { bytes, last: { type, json } } = await readData(peer);
    assertEquals([type, json.id, json.code], ["FAIL", id, "changed"]);
    assert(bytes < BIG_BYTES, "all bytes were sent before FAIL");
    await peer.assertLives();
  });
}
