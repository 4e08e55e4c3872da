import { assert, assertEquals } from "@std/assert";
import {
  findPacketSizes,
  measureDown,
  measureUp,
  receivesLarge,
  timeAnswers,
} from "../../lib/client/measure.ts";
import { openConnection } from "../../lib/client/open_connection.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { Protocol2ScriptedServer } from "../helpers/protocol2_scripted_server.ts";
import { startServer } from "../helpers/servers.ts";

/** A connection to a server, as the checks use it. */
async function connectionTo({ port }: { readonly port: number }) {
  const target = { hostname: "127.0.0.1", port, present: false };
  const { connection } = await openConnection(target, null);
  return {
    protocol: await connection.requireProtocol2(),
    [Symbol.asyncDispose]: async () => {
      await connection.quit();
    },
  };
}

Deno.test("measureUp, measureDown: measure both ways, and leave nothing on the server", async () => {
  const content = crypto.getRandomValues(new Uint8Array(65_536));
  const large = new Uint8Array(2_000_000).map((_, i) => content[i % content.length]!);
  await using server = await startServer({ uploads: true }, { "large.bin": large, "a.txt": "a" });
  await using client = await connectionTo(server);
  assert(await measureUp(client.protocol, 200) > 0);
  const down = await measureDown(client.protocol, 2_000);
  assert(down !== null && down.bytesPerSecond > 0);
  assertEquals(server.root.list(), ["a.txt", "large.bin"]);
  assertEquals((await timeAnswers(client.protocol, 5_000)).length, 20);
});

Deno.test("measureDown: measures nothing without a file of 1 MB", async () => {
  await using server = await startServer({}, { "small.bin": new Uint8Array(999_999) });
  await using client = await connectionTo(server);
  assertEquals(await measureDown(client.protocol, 2_000), null);
});

Deno.test("measureDown: looks for a file among the first 5,000 entries", async () => {
  const small = Array.from({ length: LIMITS.searchedEntries - 1 }, (_, i) => [`a${i}`, ""]);
  const files = Object.fromEntries([...small, ["z.bin", new Uint8Array(1_000_000)]]);
  await using server = await startServer({}, files);
  await using client = await connectionTo(server);
  assert(await measureDown(client.protocol, 2_000) !== null);
  server.root.write("one more", "");
  assertEquals(await measureDown(client.protocol, 2_000), null);
});

Deno.test("receivesLarge: fetches a piece of a file, and tells of a server without any", async () => {
  await using server = await startServer({}, { "a.bin": new Uint8Array(100_000) });
  await using client = await connectionTo(server);
  assertEquals(await receivesLarge(client.protocol, 5_000), true);
  await using empty = await startServer();
  await using other = await connectionTo(empty);
  assertEquals(await receivesLarge(other.protocol, 5_000), null);
});

Deno.test("findPacketSizes: tries no size beyond the limit of the server", async () => {
  for (const [control, passed] of [[65_536, 60_000], [60_100, 8_000], [1_501, 1_400]] as const) {
    const limits = { control, data: 1_048_576, message: 4_096 };
    await using server = new Protocol2ScriptedServer({ hello: { limits } });
    await using client = await connectionTo(server);
    assertEquals(await findPacketSizes(client.protocol, 5_000), { passed, stuck: null });
  }
});
