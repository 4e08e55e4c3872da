import { assert, assertEquals } from "@std/assert";
import { rawFrame } from "../helpers/raw_peer.ts";
import { assertServesOn, until } from "../helpers/serves_on.ts";
import { startServer } from "../helpers/servers.ts";

const CONNECTIONS = 10_000;
const AT_ONCE = 100;

/** How many descriptors this process has open; 0 where the system does not tell. */
function openDescriptors(): number {
  if (Deno.build.os !== "linux") return 0;
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

/** What clients do before they hang up: nothing, part of a frame, a request, a good-bye. */
const PARTINGS = [
  new Uint8Array(0),
  rawFrame("CHAT", "cut").subarray(0, 7),
  rawFrame("FILE", "missing"),
  rawFrame("QUIT"),
];

Deno.test("ten thousand connects and disconnects leave nothing behind", async () => {
  let connected = 0;
  let disconnected = 0;
  await using server = await startServer({
    maxPerAddress: 0,
    onEvent: ({ event }) => {
      if (event === "connected") connected++;
      if (event === "disconnected") disconnected++;
    },
  });
  await assertServesOn(server);
  await until(() => disconnected === 2, "the first clients to be gone");
  const before = openDescriptors();
  const memoryBefore = Deno.memoryUsage().rss;
  connected = disconnected = 0;

  await Promise.all(Array.from({ length: AT_ONCE }, async (_, lane) => {
    for (let i = lane; i < CONNECTIONS; i += AT_ONCE) {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      const parting = PARTINGS[i % PARTINGS.length]!;
      if (parting.length > 0) await conn.write(parting);
      conn.close();
    }
  }));
  await until(() => disconnected === CONNECTIONS, "all to be gone");
  assertEquals(connected, CONNECTIONS);
  assertEquals(server.server.clients.length, 0);
  await until(() => openDescriptors() <= before, "all descriptors to be closed");
  const grown = Deno.memoryUsage().rss - memoryBefore;
  assert(grown < 150 * 1024 * 1024, `memory grew by ${grown} bytes`);
  await assertServesOn(server);
});

Deno.test("a thousand clients that come and go while others stay disturb nobody", async () => {
  await using server = await startServer({ maxPerAddress: 0 });
  const stayers = await Promise.all(Array.from({ length: 50 }, () => server.connect()));
  try {
    for (let i = 0; i < 1000; i++) (await server.connect()).close();
    await until(() => server.server.clients.length === stayers.length, "the others to be gone");
    server.server.announce("still there?");
    for (const stayer of stayers) assertEquals((await stayer.readFrame())?.type, "CHAT");
  } finally {
    for (const stayer of stayers) stayer.close();
  }
});
