import { assertEquals } from "@std/assert";
import { ConnectionNumbers } from "../../lib/server/admission/connection_numbers.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startWebServer } from "../helpers/web.ts";

Deno.test("ConnectionNumbers: count from 1, and give the smallest that was given back first", () => {
  const numbers = new ConnectionNumbers();
  assertEquals([numbers.take(), numbers.take(), numbers.take()], [1, 2, 3]);
  numbers.giveBack(3);
  numbers.giveBack(1);
  assertEquals([numbers.take(), numbers.take(), numbers.take()], [1, 3, 4]);
});

Deno.test("Server: connections that speak HTTP use up no numbers of clients", async () => {
  await using server = await startWebServer();
  for (let i = 0; i < 5; i++) {
    await (await fetch(`http://127.0.0.1:${server.port}/config.json`)).body?.cancel();
  }
  const requests = Array.from({ length: 5 }, () => fetch(`http://127.0.0.1:${server.port}/`));
  for (const answer of await Promise.all(requests)) await answer.body?.cancel();
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals((peer.hello.you as { nick: string }).nick, "guest-1");
  assertEquals(server.server.clients.map(({ id }) => id), [1]);
});
