import { assertEquals } from "@std/assert";
import { zstdCompressSync } from "node:zlib";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { dataFrames, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertServesOn, until } from "../helpers/serves_on.ts";
import { underWay } from "../helpers/under_way.ts";

const MIB = 1024 * 1024;
const TEXT = new TextEncoder().encode(
  "all work and no play makes jack a dull boy\n".repeat(70_000),
);

/** Compresses `content` into an FZST frame. */
function zstdFrame(content: Uint8Array): Uint8Array {
  return rawFrame("FZST", new Uint8Array(zstdCompressSync(content)));
}

/** Uploads `content` as these frames. */
async function put(peer: Protocol2Peer, content: Uint8Array, frames: Uint8Array[], key?: string) {
  const id = await peer.ask("FPUT", { path: "a.bin", size: content.length, replace: true, key });
  await peer.expect("REDY");
  await peer.raw.send(...frames);
  await peer.send("FEND", { id, sha256: sha256Of(content) });
  return await peer.done(id);
}

for (const pieceBytes of [1_000, 65_536, 300_000, MIB]) {
  Deno.test(`FZST: uploads a file in pieces of ${pieceBytes} bytes`, async () => {
    await using server = await startServer({ uploads: true });
    using peer = await Protocol2Peer.connect(server.port);
    const frames: Uint8Array[] = [];
    for (let offset = 0; offset < TEXT.length; offset += pieceBytes) {
      frames.push(zstdFrame(TEXT.subarray(offset, offset + pieceBytes)));
    }
    for (const key of [undefined, "key"]) {
      assertEquals((await put(peer, TEXT, frames, key)).sha256, sha256Of(TEXT));
      assertEquals(sha256Of(Deno.readFileSync(server.root.join("a.bin"))), sha256Of(TEXT));
    }
  });
}

Deno.test("FZST: can be mixed with FDAT in an upload", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const frames = [
    rawFrame("FDAT", TEXT.subarray(0, 10)),
    zstdFrame(TEXT.subarray(10, 100_000)),
    rawFrame("FDAT", TEXT.subarray(100_000, 500_000)),
    zstdFrame(TEXT.subarray(500_000, 500_001)),
    zstdFrame(TEXT.subarray(500_001, 500_001)),
    rawFrame("FDAT", TEXT.subarray(500_001, 1_500_000)),
    zstdFrame(TEXT.subarray(1_500_000, 2_000_000)),
    ...dataFrames(TEXT.subarray(2_000_000)),
  ];
  assertEquals((await put(peer, TEXT, frames)).sha256, sha256Of(TEXT));
});

Deno.test("FZST: uploads a small file", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const content = TEXT.subarray(0, 1_000);
  assertEquals((await put(peer, content, [zstdFrame(content)])).size, 1_000);
});

const whole = new Uint8Array(zstdCompressSync(TEXT.subarray(0, 100_000)));
const BAD_FRAMES: Record<string, Uint8Array> = {
  "that inflates to one byte beyond the data limit": zstdFrame(new Uint8Array(MIB + 1)),
  "that inflates to a gibibyte": rawFrame("FZST", bomb()),
  "that is not zstd": rawFrame("FZST", patternedBytes(1_000)),
  "with a wrong byte in its header": rawFrame("FZST", whole.with(0, whole[0]! ^ 1)),
};

/** A zstd frame of a gibibyte of zeros without its size: RLE blocks of 128 KiB. */
function bomb(): Uint8Array {
  const head = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
  const blocks = 8 * 1024;
  const bytes = new Uint8Array(head.length + 4 * blocks);
  bytes.set(head);
  for (let i = 0; i < blocks; i++) {
    const blockHead = (131_072 << 3) | (1 << 1) | Number(i === blocks - 1); // RLE
    bytes.set([blockHead & 255, (blockHead >> 8) & 255, blockHead >> 16, 0], head.length + 4 * i);
  }
  return bytes;
}

for (const [what, frame] of Object.entries(BAD_FRAMES)) {
  Deno.test(`FZST: ${what} ends the connection, and leaves nothing`, async () => {
    await using server = await startServer({ uploads: true });
    for (const size of [1_000, 2 ** 31]) {
      using peer = await Protocol2Peer.connect(server.port);
      const id = await peer.ask("FPUT", { path: "a.bin", size });
      await peer.expect("REDY");
      await peer.raw.send(frame);
      await peer.send("FEND", { id, sha256: sha256Of("") });
      assertEquals(await peer.failsAndEnds(), "bad-request");
      await until(() => underWay(server).length === 0, "the part to be removed");
    }
    assertEquals(server.root.list(), []);
  });
}

Deno.test("FZST: that is empty, or half a zstd frame, fails with integrity", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  for (const payload of [new Uint8Array(0), whole.subarray(0, whole.length / 2)]) {
    const id = await peer.ask("FPUT", { path: "a.bin", size: 100_000 });
    await peer.expect("REDY");
    await peer.raw.sendFrame("FZST", payload);
    await peer.send("FEND", { id, sha256: sha256Of(TEXT.subarray(0, 100_000)) });
    assertEquals(await peer.fail(id), "integrity");
  }
  assertEquals(server.root.list(), []);
  assertEquals(underWay(server), []);
});

Deno.test("FZST: may inflate to exactly the data limit", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  const content = TEXT.subarray(0, MIB);
  assertEquals((await put(peer, content, [zstdFrame(content)])).size, MIB);
});

Deno.test("FZST: of more data than announced ends the connection", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.ask("FPUT", { path: "a.bin", size: 10 });
  await peer.expect("REDY");
  await peer.raw.send(zstdFrame(TEXT.subarray(0, 11)));
  assertEquals(await peer.failsAndEnds(), "bad-request");
  await assertServesOn(server);
});
