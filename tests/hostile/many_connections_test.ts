import { assert, assertEquals } from "@std/assert";
import { rawFrame } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { assertServesOn, until } from "../helpers/serves_on.ts";

const CONNECTIONS = 10_000;
const AT_ONCE = 100;
/** Descriptors of the threads that start meanwhile and stay: far fewer than one kind of client leaks. */
const THREAD_DESCRIPTORS = 500;

/** The number of open descriptors of this process; 0 on systems other than Linux. */
function openDescriptors(): number {
  if (Deno.build.os !== "linux") return 0;
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

/** The bytes that a client sends before it closes: none, part of a frame, a request, QUIT. */
const LAST_BYTES = [
  new Uint8Array(0),
  rawFrame("CHAT", "cut").subarray(0, 7),
  rawFrame("FILE", "missing"),
  rawFrame("QUIT"),
];

async function comeAndGo(port: number, connections: number): Promise<void> {
  await Promise.all(Array.from({ length: AT_ONCE }, async (_, lane) => {
    for (let i = lane; i < connections; i += AT_ONCE) {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port });
      const bytes = LAST_BYTES[i % LAST_BYTES.length]!;
      if (bytes.length > 0) await conn.write(bytes);
      conn.close();
    }
  }));
}

Deno.test("many connections: the server leaves nothing of 10,000 connects and disconnects", async () => {
  let connected = 0;
  let disconnected = 0;
  await using server = await startServer({
    maxPerAddress: 0,
    onEvent: ({ event }) => {
      if (event === "connected") connected++;
      if (event === "disconnected") disconnected++;
    },
  });
  // The first clients start the threads that serve all
  await comeAndGo(server.port, AT_ONCE);
  await until(() => disconnected === AT_ONCE, "the first clients to be gone");
  const before = openDescriptors();
  const memoryBefore = Deno.memoryUsage().rss;
  connected = disconnected = 0;

  await comeAndGo(server.port, CONNECTIONS);
  await until(() => disconnected === CONNECTIONS, "all clients to be gone");
  assertEquals(connected, CONNECTIONS);
  assertEquals(server.server.clients.length, 0);
  await until(
    () => openDescriptors() <= before + THREAD_DESCRIPTORS,
    "the descriptors of connections to be closed",
  );
  const grown = Deno.memoryUsage().rss - memoryBefore;
  // The heaps of the threads grow, too, until they are collected
  assert(grown < 250 * 1024 * 1024, `memory grew by ${grown} bytes`);
  await assertServesOn(server);
});

Deno.test("many connections: the server serves 50 clients while 1,000 others come and go", async () => {
  await using server = await startServer({ maxPerAddress: 0 });
  const clients = await Promise.all(Array.from({ length: 50 }, () => server.connect()));
  try {
    for (let i = 0; i < 1000; i++) (await server.connect()).close();
    await until(() => server.server.clients.length === clients.length, "the others to be gone");
    server.server.announce("still there?");
    for (const client of clients) assertEquals((await client.readFrame())?.type, "CHAT");
  } finally {
    for (const client of clients) client.close();
  }
});
