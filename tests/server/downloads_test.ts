import { assert, assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";
import { type Message, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { assertServesOn } from "../helpers/serves_on.ts";
import { startServer } from "../helpers/servers.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const MIB = 1024 * 1024;
/** More than fits into all buffers between the disk and a peer that does not read. */
const BIG_BYTES = 64 * MIB;
const FULL = LIMITS.protocol2DataBytes;
const SIZES = [0, 1, FULL - 1, FULL, FULL + 1, 3 * MIB + 5];
const FILES = Object.fromEntries(SIZES.map((size) => [`${size}.bin`, patternedBytes(size, size)]));

for (const size of SIZES) {
  Deno.test(`a file of ${size} bytes comes as FMET, data and FEND`, async () => {
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
    const { event: _, seconds, ...told } = await server.waitFor("download");
    assertEquals(told, { client: 1, path, bytes: size });
    assert(seconds >= 0 && seconds < 10);
  });
}

Deno.test("no data frame is larger than the server says that data frames may be", async () => {
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

Deno.test("FMET tells the SHA-256 once the server knows it without reading", async () => {
  await using server = await startServer({}, { "a.bin": FILES["1.bin"]! });
  using _later = new ShiftedClock();
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals((await peer.get("a.bin")).head.sha256, undefined);
  assertEquals((await peer.get("a.bin")).head.sha256, sha256Of(FILES["1.bin"]!));
  // And no more once the file is another one
  server.root.write("a.bin", "other");
  const { head, end } = await peer.get("a.bin");
  assertEquals([head.sha256, end.sha256], [undefined, sha256Of("other")]);
});

Deno.test("several downloads asked for ahead come in order, those that fail in between, too", async () => {
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

Deno.test("what cannot be downloaded is refused under its id, and the connection lives", async () => {
  await using server = await startServer({}, { "f/a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await peer.refusal("FGET", { path: "missing" }), "not-found");
  assertEquals(await peer.refusal("FGET", { path: "f/a.txt/b" }), "not-found");
  assertEquals(await peer.refusal("FGET", { path: "f" }), "not-a-file");
  for (const path of ["", "../x", "/etc/passwd", "f//a.txt", "f/./a.txt", ".tcp-chat/x", "NUL"]) {
    assertEquals(await peer.refusal("FGET", { path }), "bad-path", path);
  }
  const { bytes } = await peer.get("f/a.txt");
  assertEquals(new TextDecoder().decode(bytes), "a");
  const told = server.eventsOf("refused").slice(0, 3).map(({ code, path }) => [code, path]);
  assertEquals(told, [["not-found", "missing"], ["not-found", "f/a.txt/b"], ["not-a-file", "f"]]);
});

Deno.test({
  name: "FIFOs, devices and links that lead out are never opened",
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

Deno.test("without files a download is unsupported", async () => {
  await using server = await startServer({ files: false }, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await peer.refusal("FGET", { path: "a.txt" }), "unsupported");
});

/** Reads data up to the frame that ends the download, and how many bytes they were. */
async function readData(peer: Protocol2Peer): Promise<{ bytes: number; last: Message }> {
  for (let bytes = 0;;) {
    const message = (await peer.read())!;
    if (message.type !== "FDAT") return { bytes, last: message };
    bytes += message.payload.length;
  }
}

Deno.test("FCAN in mid-download ends it with FAIL, and the next one comes", async () => {
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

Deno.test("FCAN of a download that waits for its turn keeps it from coming", async () => {
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

Deno.test("FCAN of what is over, or never was, is ignored", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  const id = await peer.ask("FGET", { path: "a.txt" });
  await peer.receiveFile(id);
  for (const unknown of [id, 99, 2 ** 31 - 1]) await peer.send("FCAN", { id: unknown });
  await peer.assertLives();
  assertEquals((await peer.get("a.txt")).bytes.length, 1);
});

/** What happens to the file while it is sent. */
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
  Deno.test(`a file that ${what} while it is sent ends in FAIL changed`, async () => {
    await using server = await startServer();
    const path = server.root.join("big.bin");
    writeZeros(path, BIG_BYTES);
    using peer = await Protocol2Peer.connect(server.port);
    const id = await peer.ask("FGET", { path: "big.bin" });
    await peer.expect("FMET");
    change(path);
    const { bytes, last: { type, json } } = await readData(peer);
    assertEquals([type, json.id, json.code], ["FAIL", id, "changed"]);
    assert(bytes < BIG_BYTES, "all bytes were sent before the change was told");
    await peer.assertLives();
  });
}
