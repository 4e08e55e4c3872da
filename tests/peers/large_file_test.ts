import { assert, assertEquals } from "@std/assert";
import { OriginalClient } from "../helpers/original_client.ts";
import { writeZeros } from "../helpers/zero_file.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";

const SIZE = 1024 ** 3;
/** The hash of a file that was changed a moment ago is not kept: see HashIndex. */
const SETTLE_MS = 2_100;

interface Timing {
  readonly metadataMs: number;
  readonly hashMs: number;
  readonly sha256: string;
}

/** Asks for the large file, hangs up once its hash is there, and says when what came. */
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

Deno.test("FMTA of a large file leaves before its hash is known, which is computed once", async () => {
  await using server = await startServer({ maxWorkers: 2 });
  writeZeros(server.root.join("large.bin"), SIZE);
  server.root.write("small.txt", "before");
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));

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
