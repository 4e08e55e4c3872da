import { assertEquals } from "@std/assert";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";

Deno.test("Server.kick: carries out nothing that the client asks for afterwards", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  server.server.kick("guest-1", "too loud");
  for (let i = 1; i <= 50; i++) await peer.send("MKDR", { id: i, path: `folder-${i}` });
  await peer.readToEnd();
  await server.waitFor("disconnected");
  assertEquals(server.root.list().filter((name) => name.startsWith("folder")), []);
});
