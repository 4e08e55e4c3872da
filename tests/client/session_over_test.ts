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

/** The control connection of an ended session. @param refusal of the data connection */
type End = (refusal: Promise<void>) => Protocol2Script;

/** Ends of the control connection of an ended session, with the error of the client. */
const ENDS: Record<string, { end: End; code: string; failCode: string | null }> = {
  "closes the control connection": {
    end: (refusal) => () => refusal,
    code: "lost",
    failCode: null,
  },
  "sends FAIL and closes": {
    end: (refusal) => async (peer) => {
      await refusal;
      await peer.send("FAIL", { id: null, code: "denied", message: "You were kicked" });
    },
    code: "rejected",
    failCode: "denied",
  },
  "keeps the control connection": { end: () => untilQuit, code: "lost", failCode: null },
};

for (const [what, { end, code, failCode }] of Object.entries(ENDS)) {
  Deno.test(`Client: closes with ${code} if the server has ended the session and ${what}`, async () => {
    using folder = new TempDir();
    const { promise: refusal, resolve } = Promise.withResolvers<void>();
    await using server = new Protocol2ScriptedServer({
      main: end(refusal),
      helloToData: () => {
        resolve();
        return "refusal";
      },
    });
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

Deno.test("ReconnectingClient.run: repeats the work in a new session if the session has ended", async () => {
  using folder = new TempDir();
  await using server = new Protocol2ScriptedServer({
    helloToData: (connection) => connection <= 2 ? "refusal" : "answer",
    data: async (peer) => {
      await peer.raw.send(...goodFile(CONTENT, await nextRequest(peer, "FGET")));
      await untilQuit(peer);
    },
  });
  const reconnecting = await ReconnectingClient.connect({
    hostname: "127.0.0.1",
    port: server.port,
  });
  try {
    const { sizeBytes } = await reconnecting.run(
      (client) => client.download("a.bin", { directory: folder.path, name: "a.bin" }),
      () => 0,
    );
    assertEquals([sizeBytes, server.dataConnections], [CONTENT.length, 3]);
    assertEquals(server.hellos.length - server.dataConnections, 3);
    assertEquals(Deno.readFileSync(folder.join("a.bin")), CONTENT);
  } finally {
    await reconnecting.quit();
  }
});
