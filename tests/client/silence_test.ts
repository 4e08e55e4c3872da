import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { goodAnswer, ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("Client.download: throws timeout if the server falls silent in the middle of a file", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.send(...goodAnswer("a.bin", new Uint8Array(100_000)).slice(0, 5));
    await peer.ended();
  });
  using folder = new TempDir();
  await using client = await TestClient.connect(server.port, { timeoutMs: 100 });
  const target = { directory: folder.path, name: "a.bin" };
  const error = await assertRejects(() => client.client.download("a.bin", target), ConnectionError);
  assertEquals(error.code, "timeout");
  assertEquals(await client.closed(), error);
  assertEquals(folder.list(), [".tcp-chat/a.bin.part"]);
});

Deno.test("Client.download: waits for a server that sends chat while it hashes", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    for (let i = 0; i < 8; i++) {
      await peer.sendFrame("CHAT", "still reading");
      await new Promise((resolve) => setTimeout(resolve, 200)); // The disk is slow
    }
    await peer.send(...goodAnswer("a.bin", "small"));
    await peer.expect("QUIT");
  });
  using folder = new TempDir();
  await using client = await TestClient.connect(server.port, { timeoutMs: 700 });
  const target = { directory: folder.path, name: "a.bin" };
  assert((await client.client.download("a.bin", target)).sizeBytes === 5);
});
