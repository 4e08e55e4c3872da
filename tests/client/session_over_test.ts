import { assert, assertEquals, assertRejects } from "@std/assert";
import { ReconnectingClient } from "../../lib/client/reconnecting_client.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import {
  goodFile,
  nextRequest,
  type Protocol2Script,
  Protocol2ScriptedServer,
  untilQuit,
} from "../helpers/protocol2_scripted_server.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const CONTENT = patternedBytes(1_000);
const refused = () => "refusal" as const;

/** How a server that has ended a session ends the main connection, and what the client makes of it. */
const ENDS: Record<string, { main: Protocol2Script; code: string; failCode: string | null }> = {
  "closes it": {
    main: () => new Promise((resolve) => setTimeout(resolve, 100)),
    code: "lost",
    failCode: null,
  },
  "says why": {
    main: async (peer) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await peer.send("FAIL", { id: null, code: "denied", message: "You were kicked" });
    },
    code: "rejected",
    failCode: "denied",
  },
  "leaves it standing": { main: untilQuit, code: "lost", failCode: null },
};

for (const [what, { main, code, failCode }] of Object.entries(ENDS)) {
  Deno.test(`a server that knows the session no more and ${what} has ended it`, async () => {
    using folder = new TempDir();
    await using server = new Protocol2ScriptedServer({ main, helloToData: refused });
    await using fixture = await TestClient.connect(server.port, { protocol: 2 });
    const { client } = fixture;
    const error = await assertRejects(
      () => client.download("a.bin", { directory: folder.path, name: "a.bin" }),
      ConnectionError,
    );
    assertEquals([error.code, error.requestCode], [code, failCode]);
    assert(client.isClosed);
  });
}

Deno.test("work whose session is over is done again in another one", async () => {
  using folder = new TempDir();
  await using server = new Protocol2ScriptedServer({
    helloToData: (connection) => connection <= 2 ? "refusal" : "answer",
    data: async (peer) => {
      await peer.raw.send(...goodFile(CONTENT, await nextRequest(peer, "FGET")));
      await untilQuit(peer);
    },
  });
  const lasting = await ReconnectingClient.connect({ hostname: "127.0.0.1", port: server.port });
  try {
    const { sizeBytes } = await lasting.run(
      (client) => client.download("a.bin", { directory: folder.path, name: "a.bin" }),
      () => 0,
    );
    assertEquals([sizeBytes, server.dataConnections], [CONTENT.length, 3]);
    assertEquals(server.hellos.length - server.dataConnections, 3);
    assertEquals(Deno.readFileSync(folder.join("a.bin")), CONTENT);
  } finally {
    await lasting.quit();
  }
});
