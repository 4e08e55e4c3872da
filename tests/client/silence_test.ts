import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { goodAnswer, ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("a server that owes a file and is silent is given up", async () => {
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
  assertEquals(folder.list(), ["a.bin.part"]);
});

Deno.test("chat is a sign of life: who talks while it hashes is not given up", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("FILE");
    for (let i = 0; i < 8; i++) {
      await peer.sendFrame("CHAT", "still reading");
      await new Promise((resolve) => setTimeout(resolve, 200)); // Its disk is slow
    }
    await peer.send(...goodAnswer("a.bin", "small"));
    await peer.expect("QUIT");
  });
  using folder = new TempDir();
  await using client = await TestClient.connect(server.port, { timeoutMs: 700 });
  const target = { directory: folder.path, name: "a.bin" };
  assert((await client.client.download("a.bin", target)).sizeBytes === 5);
});
