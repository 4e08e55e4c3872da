import { assert, assertEquals } from "@std/assert";
import type { Client } from "../../lib/client/client.ts";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { within } from "../helpers/deadline.ts";
import { dataFrames, type Json, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import {
  goodFile,
  headOf,
  nextRequest,
  Protocol2ScriptedServer,
  untilQuit,
} from "../helpers/protocol2_scripted_server.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const MIB = 1024 * 1024;
const CONTENT = patternedBytes(3 * MIB);
const REASON = new Error("changed my mind");

/** The arguments of a request that is aborted. */
interface Fixture {
  readonly client: Client;
  readonly folder: TempDir;
  readonly signal: AbortSignal;
}

/**
 * Starts a request and aborts it when the script of the server says so. The request has to reject
 * with the reason, without waiting for the server, and the client has to survive.
 *
 * @param script serves the connection of the request; resolves when the request is to be aborted,
 * with the rest of the script
 * @param leaves the names that stay in the folder
 */
async function testAbort(
  over: "main" | "data",
  script: (peer: Protocol2Peer) => Promise<(() => Promise<void>) | void>,
  request: (fixture: Fixture) => Promise<unknown>,
  leaves: string[] = [],
): Promise<void> {
  using folder = new TempDir();
  folder.write("up.bin", CONTENT);
  const controller = new AbortController();
  const rest = Promise.withResolvers<void>();
  const followed = Promise.withResolvers<void>();
  const follow = async (peer: Protocol2Peer, connection: number) => {
    if (connection === 1) {
      const after = await script(peer);
      controller.abort(REASON);
      await rest.promise;
      await after?.();
      followed.resolve();
    }
    if (over === "data") await peer.raw.send(...goodFile("good", await nextRequest(peer, "FGET")));
    await untilQuit(peer);
  };
  await using server = new Protocol2ScriptedServer({ [over]: follow });
  await using fixture = await TestClient.connect(server.port, { protocol: 2 });
  const { client } = fixture;
  const asked = request({ client, folder, signal: controller.signal });
  const error = await within(asked.then(() => null, (error) => error), "the request to reject");
  assertEquals(error, REASON);
  rest.resolve();
  if (over === "data") {
    const target = { directory: folder.path, name: "good.txt" };
    assertEquals((await client.download("good.txt", target)).sizeBytes, 4);
    const files = ["good.txt", "up.bin", ...leaves].sort().join();
    await until(() => folder.list().join() === files, files);
  }
  assertEquals(client.isClosed, false);
  await within(followed.promise, "the script to end");
}

const download = ({ client, folder, signal }: Fixture) =>
  client.download("a.bin", { directory: folder.path, name: "a.bin", signal });
const upload = ({ client, folder, signal }: Fixture) =>
  client.upload(folder.join("up.bin"), { signal });

/** Expects FCAN for the request, and answers it like a server. */
const expectCancel = (peer: Protocol2Peer, { id }: Json) => async () => {
  assertEquals((await nextRequest(peer, "FCAN")).id, id);
  await peer.send("FAIL", { id, code: "cancelled", message: "Cancelled" });
};

for (
  const [type, request] of [
    ["LIST", ({ client, signal }) => Array.fromAsync(client.list("", { signal }))],
    ["STAT", ({ client, signal }) => client.stat("a.txt", { signal })],
    ["MKDR", ({ client, signal }) => client.makeFolder("a", { signal })],
  ] as Array<[string, (fixture: Fixture) => Promise<unknown>]>
) {
  Deno.test(`Client: cancels ${type} when aborted, and drops later answers`, async () => {
    await testAbort("main", async (peer) => {
      const asked = await nextRequest(peer, type);
      return async () => {
        await expectCancel(peer, asked)();
        await peer.send("DONE", { id: asked.id, entries: [] });
      };
    }, request);
  });
}

Deno.test("Client.download: sends FCAN when aborted before FMET", async () => {
  await testAbort("data", async (peer) => {
    return expectCancel(peer, await nextRequest(peer, "FGET"));
  }, download);
});

Deno.test("Client.download: sends FCAN when aborted during its STAT", async () => {
  await testAbort("data", async (peer) => {
    return expectCancel(peer, await nextRequest(peer, "STAT"));
  }, (fixture) => {
    fixture.folder.write("a.bin", "mine");
    return download(fixture);
  }, ["a.bin"]);
});

Deno.test("Client.download: sends FCAN when aborted during the data, and keeps the part", async () => {
  await testAbort(
    "data",
    async (peer) => {
      const asked = await nextRequest(peer, "FGET");
      await peer.send("FMET", headOf(CONTENT, asked));
      await peer.raw.send(...dataFrames(CONTENT.subarray(0, MIB)));
      await peer.assertLives(); // The client has read all data
      return async () => {
        // The client drops data that are sent before FCAN arrives
        await peer.raw.send(...dataFrames(CONTENT.subarray(MIB)));
        await expectCancel(peer, asked)();
      };
    },
    download,
    [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"],
  );
});

Deno.test("Client.download: sends FCAN when aborted after the last data, and keeps the part", async () => {
  await testAbort(
    "data",
    async (peer) => {
      const asked = await nextRequest(peer, "FGET");
      await peer.send("FMET", headOf(CONTENT, asked));
      await peer.raw.send(...dataFrames(CONTENT));
      await peer.assertLives();
      return async () => {
        await peer.raw.send(jsonFrame("FEND", { id: asked.id, sha256: sha256Of(CONTENT) }));
        await expectCancel(peer, asked)();
      };
    },
    download,
    [".tcp-chat/a.bin.part", ".tcp-chat/a.bin.part.version"],
  );
});

Deno.test("Client.upload: sends FCAN when aborted before REDY", async () => {
  await testAbort("data", async (peer) => {
    return expectCancel(peer, await nextRequest(peer, "FPUT"));
  }, upload);
});

Deno.test("Client.upload: sends FCAN when aborted while the server does not read the data", async () => {
  await testAbort("data", async (peer) => {
    const asked = await nextRequest(peer, "FPUT");
    await peer.send("REDY", { id: asked.id, offset: 0 });
    await peer.read(); // The server stops reading here
    return expectCancel(peer, asked);
  }, (fixture) => {
    fixture.folder.write("up.bin", patternedBytes(32 * MIB));
    return upload(fixture);
  });
});

Deno.test("Client.upload: rejects when aborted after FEND, and drops the answer", async () => {
  await testAbort("data", async (peer) => {
    const asked = await nextRequest(peer, "FPUT");
    await peer.send("REDY", { id: asked.id, offset: 0 });
    await nextRequest(peer, "FEND");
    return async () => {
      const { id, path, size } = asked;
      await peer.send("DONE", { id, path, size, sha256: sha256Of(CONTENT), version: "v" });
    };
  }, upload);
});

Deno.test("Client.upload: sends FCAN when aborted during its STAT", async () => {
  await testAbort(
    "data",
    async (peer) => {
      return expectCancel(peer, await nextRequest(peer, "STAT"));
    },
    ({ client, folder, signal }) => client.upload(folder.join("up.bin"), { signal, replace: true }),
  );
});

Deno.test("Client: sends no request whose signal is already aborted", async () => {
  using folder = new TempDir();
  folder.write("up.bin", CONTENT);
  await using server = new Protocol2ScriptedServer({});
  await using fixture = await TestClient.connect(server.port, { protocol: 2 });
  const signal = AbortSignal.abort(REASON);
  for (const request of [download, upload]) {
    const asked = request({ client: fixture.client, folder, signal });
    const error = await within(asked.then(() => null, (error) => error), "the request to reject");
    assertEquals(error, REASON);
  }
  assertEquals(folder.list(), ["up.bin"]);
});

Deno.test("Client.download: stops waiting for a data connection when aborted", async () => {
  using folder = new TempDir();
  const begun = Promise.withResolvers<void>();
  await using server = new Protocol2ScriptedServer({
    data: async (peer) => {
      await nextRequest(peer, "FGET");
      begun.resolve();
      await untilQuit(peer);
    },
  });
  await using fixture = await TestClient.connect(server.port, { protocol: 2, connections: 1 });
  const options = { directory: folder.path, sizeBytes: 10 * MIB };
  const first = new AbortController();
  const second = new AbortController();
  const running = fixture.client.download("a", { ...options, name: "a", signal: first.signal });
  await begun.promise;
  const waiting = fixture.client.download("b", { ...options, name: "b", signal: second.signal });
  second.abort(REASON);
  const outcome = waiting.then(() => null, (error) => error);
  assertEquals(await within(outcome, "the waiting request to reject"), REASON);
  first.abort(REASON);
  assertEquals(await running.then(() => null, (error) => error), REASON);
  assert(!fixture.client.isClosed);
});
