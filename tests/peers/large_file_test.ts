import { assert, assertEquals } from "@std/assert";
import { OriginalClient } from "../helpers/original_client.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const SIZE = 1024 ** 3;
/** HashIndex keeps no hash of a file that changed just now. */
const HASH_KEPT_MS = 2_100;

interface Timing {
  readonly metadataMs: number;
  readonly hashMs: number;
  readonly sha256: string;
}

/** Requests the large file, closes once its hash has arrived, and returns the times. */
async function timeAnswer(server: TestServer): Promise<Timing> {
  using peer = await server.connect();
  const startedMs = performance.now();
  await peer.sendFrame("FILE", "large.bin");
  const metadata = await peer.expect("FMTA");
  const metadataMs = performance.now() - startedMs;
  assertEquals(new DataView(metadata.payload.buffer).getBigUint64(4 + 9), BigInt(SIZE));
  const hash = await peer.expect("FHSH");
  return { metadataMs, hashMs: performance.now() - startedMs, sha256: hash.payload.toHex() };
}

Deno.test("server: sends FMTA of a large file before its hash, which it computes once", async () => {
  await using server = await startServer({ maxWorkers: 2 });
  writeZeros(server.root.join("large.bin"), SIZE);
  server.root.write("small.txt", "before");
  await new Promise((resolve) => setTimeout(resolve, HASH_KEPT_MS));

  const first = await timeAnswer(server);
  assert(first.metadataMs < first.hashMs / 2, "FMTA waited for the hash");
  const again = [await timeAnswer(server), await timeAnswer(server), await timeAnswer(server)];
  for (const { sha256 } of again) assertEquals(sha256, first.sha256);
  const bestMs = Math.min(...again.map(({ hashMs }) => hashMs));
  assert(bestMs < first.hashMs / 4, `the next times took ${bestMs} ms at best`);

  await using client = await OriginalClient.connect(server.port);
  assert((await client.download("small.txt")).verified);
  server.root.write("small.txt", "AFTER!");
  const { verified, bytes } = await client.download("small.txt");
  assert(verified, "the hash of a changed file was taken from the index");
  assertEquals(new TextDecoder().decode(bytes), "AFTER!");
});
