import { assert, assertEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";

const CONTENT = patternedBytes(2_500_000);
const SIZE = CONTENT.length;
const EMPTY = { "a.bin": CONTENT, "empty": "" };

/** A server with files whose hashes are not known, the version of one, and a peer. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer({}, EMPTY));
  const peer = stack.use(await Protocol2Peer.connect(server.port));
  const { head } = await peer.get("a.bin", { length: 1 });
  return { server, peer, version: head.version, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("FGET length: sends that piece, and hashes nothing for it", async () => {
  await using fixture = await setUp();
  const { peer, server, version } = fixture;
  const pieces: readonly (readonly [number, number])[] = [
    [0, 1],
    [0, 1_000_000],
    [1, 1_048_576],
    [1_000_000, 1_500_000],
    [SIZE - 1, 1],
  ];
  for (const [offset, length] of pieces) {
    const { head, end, bytes } = await peer.get("a.bin", { offset, length, version });
    assertEquals([head.offset, head.size, head.sha256], [offset, SIZE, undefined]);
    assertEquals(bytes, CONTENT.subarray(offset, offset + length), `${offset} ${length}`);
    assertEquals(end, {});
  }
  assertEquals(server.events.filter(({ event }) => event === "refused"), []);
});

Deno.test("FGET length: ends at the end of the file", async () => {
  await using fixture = await setUp();
  const { peer, version } = fixture;
  for (
    const [offset, length] of [[SIZE - 5, 6], [SIZE, 1], [0, Number.MAX_SAFE_INTEGER]] as const
  ) {
    const { bytes, end } = await peer.get("a.bin", { offset, length, version });
    assertEquals(bytes, CONTENT.subarray(offset));
    assertEquals(end, {});
  }
  const { bytes, end } = await peer.get("empty", { length: 10 });
  assertEquals([bytes.length, end], [0, { sha256: sha256Of(new Uint8Array()) }]);
});

Deno.test("FGET length: tells a hash that is known", async () => {
  using _later = new ShiftedClock(); // The hash of a file that changed just now is not kept
  await using fixture = await setUp();
  const { peer, version } = fixture;
  await peer.request("STAT", { path: "a.bin" });
  const { head, end, bytes } = await peer.get("a.bin", { offset: 7, length: 3, version });
  assertEquals(bytes, CONTENT.subarray(7, 10));
  assertEquals([head.sha256, end.sha256], [sha256Of(CONTENT), sha256Of(CONTENT)]);
});

Deno.test("FGET length: begins at 0 when the version is another", async () => {
  await using fixture = await setUp();
  const { head, bytes } = await fixture.peer.get("a.bin", { offset: 9, length: 4, version: "old" });
  assertEquals([head.offset, bytes], [0, CONTENT.subarray(0, 4)]);
});

Deno.test("FGET length: is at least 1", async () => {
  await using fixture = await setUp();
  for (const length of [0, -1, 1.5, "1"]) {
    const code = await fixture.peer.refusal("FGET", { path: "a.bin", length });
    assertEquals(code, "bad-request", String(length));
  }
});

Deno.test("FGET length: the pieces of a file are one download in the log", async () => {
  await using fixture = await setUp();
  const { peer, server, version } = fixture;
  for (let offset = 1; offset < SIZE; offset += 1_000_000) {
    await peer.get("a.bin", { offset, length: 1_000_000, version });
  }
  const { bytes } = await server.waitFor("download");
  assertEquals(bytes, SIZE);
  assertEquals(server.eventsOf("download").length, 1);
  assert(server.server.stats.downloads === 1);
});
