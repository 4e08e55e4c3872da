import { assertEquals } from "@std/assert";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { serve } from "../../lib/server/serve.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";

const CONTENT = patternedBytes(2_000_000);
const SIZE = CONTENT.length;

/** A server with a file, its version, and a peer. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startServer({}, { "a.bin": CONTENT }));
  const peer = stack.use(await Protocol2Peer.connect(server.port));
  const { version } = await peer.request("STAT", { path: "a.bin" });
  return { server, peer, version, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

for (const known of [false, true]) {
  for (const offset of [0, 1, LIMITS.protocol2DataBytes, 1_999_999, SIZE]) {
    const name = `FGET: sends data from offset ${offset} with ${
      known ? "a known" : "an unknown"
    } hash`;
    Deno.test(name, async () => {
      using _later = known ? new ShiftedClock() : null;
      await using fixture = await setUp();
      const { peer, version } = fixture;
      const { head, end, bytes } = await peer.get("a.bin", { offset, version });
      const sha256 = sha256Of(CONTENT);
      assertEquals([head.offset, head.size, head.version], [offset, SIZE, version]);
      assertEquals(head.sha256, known ? sha256 : undefined);
      assertEquals(bytes, CONTENT.subarray(offset));
      assertEquals(end, { sha256 }); // Of the whole file
      assertEquals(fixture.server.eventsOf("download").map(({ bytes }) => bytes), [SIZE - offset]);
    });
  }
}

Deno.test("FGET: ignores an offset without the current version", async () => {
  await using fixture = await setUp();
  const { peer, version } = fixture;
  const fields = [
    { offset: 1_000 },
    { offset: 1_000, version: null },
    { offset: 1_000, version: "" },
    { offset: 1_000, version: "another" },
    { offset: 1_000, version: `${version} ` },
    { offset: SIZE },
    { version },
  ];
  for (const query of fields) {
    const { head, bytes } = await peer.get("a.bin", query);
    assertEquals([head.offset, bytes.length], [0, SIZE], JSON.stringify(query));
  }
});

Deno.test("FGET: ignores an offset beyond the size", async () => {
  await using fixture = await setUp();
  const { peer, version } = fixture;
  for (const offset of [SIZE + 1, 2 ** 53 - 1]) {
    const { head, bytes } = await peer.get("a.bin", { offset, version });
    assertEquals([head.offset, bytes.length], [0, SIZE]);
  }
});

Deno.test("FGET: ignores an offset with the version of the file before a change", async () => {
  await using fixture = await setUp();
  const changed = CONTENT.slice();
  changed[10]! ^= 1;
  fixture.server.root.write("a.bin", changed);
  const { head, end, bytes } = await fixture.peer.get("a.bin", {
    offset: 1_000,
    version: fixture.version,
  });
  assertEquals([head.offset, bytes, end.sha256], [0, changed, sha256Of(changed)]);
});

Deno.test("FGET: ignores an offset with the version of another file with the same content", async () => {
  await using fixture = await setUp();
  fixture.server.root.write("b.bin", CONTENT);
  const { version } = await fixture.peer.request("STAT", { path: "b.bin" });
  assertEquals((await fixture.peer.get("a.bin", { offset: 1_000, version })).head.offset, 0);
});

Deno.test("FGET: accepts a version from before a restart of the server", async () => {
  await using fixture = await setUp();
  const again = await serve({ hostname: "127.0.0.1", port: 0, root: fixture.server.root.path });
  try {
    using peer = await Protocol2Peer.connect(again.port);
    const { head } = await peer.get("a.bin", { offset: 1_000, version: fixture.version });
    assertEquals(head.offset, 1_000);
  } finally {
    await again.stop();
  }
});
