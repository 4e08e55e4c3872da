import { assert, assertEquals } from "@std/assert";
import { zstdDecompressSync } from "node:zlib";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { type Message, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";

const MIB = 1024 * 1024;
const TEXT = new TextEncoder().encode(
  "all work and no play makes jack a dull boy\n".repeat(70_000),
);
/** Half compressible, half not. */
const MIXED = new Uint8Array([...TEXT.subarray(0, MIB), ...noise(MIB)]);

/** Incompressible bytes. */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += 65_536) {
    crypto.getRandomValues(bytes.subarray(offset, offset + 65_536));
  }
  return bytes;
}

Deno.test("FGET: sends compressible data as FZST if zstd is requested", async () => {
  await using server = await startServer({}, { "text.txt": TEXT });
  using peer = await Protocol2Peer.connect(server.port);
  const { head, end, bytes, types, wireBytes } = await peer.get("text.txt", { zstd: true });
  assertEquals([head.size, bytes, end.sha256], [TEXT.length, TEXT, sha256Of(TEXT)]);
  assertEquals(new Set(types), new Set(["FZST"]));
  assert(wireBytes < TEXT.length / 10, `${wireBytes} bytes came`);
});

Deno.test("FGET: sends FDAT if zstd is not requested", async () => {
  await using server = await startServer({}, { "text.txt": TEXT });
  using peer = await Protocol2Peer.connect(server.port);
  for (const query of [{}, { zstd: false }, { zstd: null }]) {
    const { types } = await peer.get("text.txt", query);
    assertEquals(new Set(types), new Set(["FDAT"]));
  }
});

Deno.test("FGET: sends incompressible data as FDAT even if zstd is requested", async () => {
  await using server = await startServer({}, { "noise.bin": noise(2 * MIB), "one": "1" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const path of ["noise.bin", "one"]) {
    assertEquals(new Set((await peer.get(path, { zstd: true })).types), new Set(["FDAT"]));
  }
});

Deno.test("FGET: mixes FZST and FDAT in a file", async () => {
  await using server = await startServer({}, { "mixed.bin": MIXED });
  using peer = await Protocol2Peer.connect(server.port);
  const { bytes, types } = await peer.get("mixed.bin", { zstd: true });
  assertEquals(sha256Of(bytes), sha256Of(MIXED));
  assertEquals(new Set(types), new Set(["FZST", "FDAT"]));
});

Deno.test("FGET: sends each FZST as one zstd frame of at most 1 MiB of data", async () => {
  await using server = await startServer({}, { "text.txt": TEXT });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.ask("FGET", { path: "text.txt", zstd: true });
  await peer.expect("FMET");
  let bytes = 0;
  for (let message: Message; (message = (await peer.read())!).type === "FZST";) {
    assertEquals(message.payload.toHex().slice(0, 8), "28b52ffd");
    const inflated = zstdDecompressSync(message.payload).length;
    assert(inflated <= MIB && inflated > message.payload.length);
    bytes += inflated;
  }
  assertEquals(bytes, TEXT.length);
});

Deno.test("FGET: sends compressed data from an offset", async () => {
  await using server = await startServer({}, { "text.txt": TEXT });
  using peer = await Protocol2Peer.connect(server.port);
  const { version } = (await peer.get("text.txt")).head;
  const query = { zstd: true, offset: 1_234_567, version };
  const { head, end, bytes } = await peer.get("text.txt", query);
  assertEquals([head.offset, end.sha256], [1_234_567, sha256Of(TEXT)]);
  assertEquals(bytes, TEXT.subarray(1_234_567));
});

Deno.test("FGET: sends no data of an empty file if zstd is requested", async () => {
  await using server = await startServer({}, { "empty": patternedBytes(0) });
  using peer = await Protocol2Peer.connect(server.port);
  const { types, end } = await peer.get("empty", { zstd: true });
  assertEquals([types, end], [[], { sha256: sha256Of("") }]);
});
