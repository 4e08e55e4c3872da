import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ConnectionError, type ProtocolError } from "../../lib/protocol/errors.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { TestClient } from "../helpers/clients.ts";
import { within } from "../helpers/deadline.ts";
import { dataFrames, jsonFrame, type Protocol2Peer } from "../helpers/protocol2_peer.ts";
import {
  goodFile,
  headOf,
  nextRequest,
  Protocol2ScriptedServer,
  untilQuit,
} from "../helpers/protocol2_scripted_server.ts";
import { startServer } from "../helpers/servers.ts";
import { assertAllGone, until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { writeZeros } from "../helpers/zero_file.ts";

const MIB = 1024 * 1024;
const CONTENT = patternedBytes(2 * MIB);

Deno.test("Client.download: fails with its data connection, and the next download opens another", async () => {
  using folder = new TempDir();
  await using server = new Protocol2ScriptedServer({
    data: async (peer, connection) => {
      const request = await nextRequest(peer, "FGET");
      const frames = goodFile(CONTENT, request);
      await peer.raw.send(...connection === 1 ? frames.slice(0, 5) : frames);
      if (connection === 1) peer.raw.close();
      await untilQuit(peer);
    },
  });
  await using fixture = await TestClient.connect(server.port, { protocol: 2, connections: 1 });
  const { client } = fixture;
  const get = () => client.download("a.bin", { directory: folder.path, name: "a.bin" });
  const error = await assertRejects(get, ConnectionError);
  assertEquals([error.code, client.isClosed], ["lost", false]);
  const { sizeBytes } = await get();
  assertEquals([sizeBytes, server.dataConnections], [CONTENT.length, 2]);
  assertEquals(folder.list(), ["a.bin"]);
});

Deno.test("Client.download: opens another data connection if the connection is lost while it waits", async () => {
  using folder = new TempDir();
  const waiting = Promise.withResolvers<void>();
  await using server = new Protocol2ScriptedServer({
    data: async (peer, connection) => {
      const request = await nextRequest(peer, "FGET");
      if (connection === 1) return await waiting.promise; // The server closes
      await peer.raw.send(...goodFile(CONTENT, request));
      await untilQuit(peer);
    },
  });
  await using fixture = await TestClient.connect(server.port, { protocol: 2, connections: 1 });
  const get = (name: string) =>
    fixture.client.download(name, { directory: folder.path, name, sizeBytes: CONTENT.length });
  const outcomes = Promise.allSettled([get("a.bin"), get("b.bin")]);
  waiting.resolve();
  const [first, second] = await outcomes;
  assertEquals([first?.status, second?.status], ["rejected", "fulfilled"]);
});

Deno.test("Client.download: fails if its data connection is refused, and the client survives", async () => {
  using folder = new TempDir();
  await using server = await startServer({ maxPerAddress: 2 }, { "a.bin": CONTENT });
  await using first = await TestClient.connect(server.port, { protocol: 2 });
  await using second = await TestClient.connect(server.port, { protocol: 2 });
  const get = () => first.client.download("a.bin", { directory: folder.path, name: "a.bin" });
  const error = await assertRejects(get, ConnectionError);
  assertEquals([error.code, error.message], ["rejected", "This address has too many connections"]);
  assertEquals((await first.client.stat("a.bin")).size, CONTENT.length);
  await second.client.quit();
  await server.waitFor("disconnected", ({ client }) => client === 2);
  assertEquals((await get()).sizeBytes, CONTENT.length);
});

Deno.test("Client.download: fails if HELO of its data connection is not answered", async () => {
  using folder = new TempDir();
  await using server = new Protocol2ScriptedServer({
    main: async (peer) => {
      for (let message = await peer.read(); message?.type !== "QUIT"; message = await peer.read());
    },
    helloToData: () => "silence",
  });
  const options = { protocol: 2, timeoutMs: 300 } as const;
  await using fixture = await TestClient.connect(server.port, options);
  const get = () => fixture.client.download("a.bin", { directory: folder.path, name: "a.bin" });
  const error = await assertRejects(get, ConnectionError);
  assertEquals(error.code, "timeout");
});

/** Ends of the control connection. */
const ENDINGS: Record<string, (peer: Protocol2Peer) => Promise<void> | void> = {
  "closes": (peer) => peer.raw.close(),
  "closes inside a frame": (peer) => peer.raw.send("\0\0\0\0\0\0\0\x20DONE{"),
  "breaks the protocol": (peer) => peer.raw.send(jsonFrame("DONE", {})),
  "sends FAIL and closes": (peer) =>
    peer.send("FAIL", { id: null, code: "internal", message: "Bye" }),
};

for (const [how, end] of Object.entries(ENDINGS)) {
  Deno.test(`Client: fails all pending requests when the server ${how}`, async () => {
    using folder = new TempDir();
    const file = folder.write("up.bin", CONTENT);
    const under = Promise.withResolvers<void>();
    let begun = 0;
    await using server = new Protocol2ScriptedServer({
      main: async (peer) => {
        await nextRequest(peer, "STAT");
        await under.promise;
        await end(peer);
      },
      data: async (peer) => {
        for (let message = await peer.read(); message; message = await peer.read()) {
          if (message.type !== "FGET" && message.type !== "FPUT") continue;
          if (message.type === "FGET") {
            await peer.send("FMET", headOf(CONTENT, message.json));
            await peer.raw.send(dataFrames(CONTENT)[0]!);
          }
          if (++begun === 2) under.resolve();
        }
      },
    });
    const fixture = await TestClient.connect(server.port, { protocol: 2, connections: 2 });
    const { client } = fixture;
    const target = (name: string) => ({ directory: folder.path, name, sizeBytes: 2 * MIB });
    const outcomes = await within(
      Promise.allSettled([
        client.stat("a.txt"),
        client.download("a.bin", target("a.bin")),
        client.upload(file),
        client.download("b.bin", target("b.bin")), // Waits for a data connection
        client.chat.say("hello"),
      ]),
      "everything to fail",
    );
    assertEquals(outcomes.map(({ status }) => status), Array(5).fill("rejected"));
    const reason = await fixture.closed();
    assert(reason !== null);
    const [stat, ...others] = outcomes.map((outcome) =>
      (outcome as PromiseRejectedResult).reason as ConnectionError | ProtocolError
    );
    assertEquals(stat, reason);
    for (const other of others) assert("code" in other, String(other));
    assertEquals(server.dataConnections, 2);
    await assertRejects(() => client.stat("a.txt"));
    await assertRejects(() => client.download("c.bin", target("c.bin")));
    await assertRejects(() => client.upload(file));
    const whole = folder.list().filter((name) => !/\.(part|version)$/.test(name));
    assertEquals(whole, ["up.bin"]);
  });
}

Deno.test("Client.close: ends all downloads at once, and opens no further connection", async () => {
  using folder = new TempDir();
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), 64 * MIB);
  const { client } = await TestClient.connect(server.port, { protocol: 2, connections: 2 });
  const begun = Promise.withResolvers<void>();
  const downloads = Array.from({ length: 6 }, (_, i) =>
    client.download("big.bin", {
      directory: folder.path,
      name: `${i}.bin`,
      sizeBytes: 64 * MIB,
      onProgress: () => begun.resolve(),
    }));
  const outcomes = Promise.allSettled(downloads);
  await begun.promise;
  client.close();
  for (const outcome of await within(outcomes, "the downloads to fail")) {
    assert(outcome.status === "rejected");
    assertInstanceOf(outcome.reason, ConnectionError);
  }
  assertEquals(await client.closed, null);
  await assertAllGone(server);
  assert(server.eventsOf("connected").length <= 3);
  assertEquals(server.eventsOf("refused").filter(({ code }) => code === "unauthenticated"), []);
});

Deno.test("Client.quit: sends QUIT on the data connections, too", async () => {
  using folder = new TempDir();
  await using server = await startServer({}, { "a.bin": CONTENT });
  const { client } = await TestClient.connect(server.port, { protocol: 2 });
  await client.download("a.bin", { directory: folder.path, name: "a.bin" });
  assertEquals(await client.quit(), null);
  await assertAllGone(server);
  assertEquals(server.eventsOf("disconnected").map(({ reason }) => reason), ["quit", "quit"]);
});

Deno.test("Client: completes a download when the server stops, and reports its notice", async () => {
  using folder = new TempDir();
  await using server = await startServer();
  writeZeros(server.root.join("big.bin"), 64 * MIB);
  await using fixture = await TestClient.connect(server.port, { protocol: 2 });
  let stopping: Promise<void> | null = null;
  const { sizeBytes } = await fixture.client.download("big.bin", {
    directory: folder.path,
    name: "big.bin",
    onProgress: () => void (stopping ??= server.server.stop()),
  });
  assertEquals(sizeBytes, 64 * MIB);
  const reason = await fixture.closed();
  assertInstanceOf(reason, ConnectionError);
  await until(() => fixture.heard.length > 0, "the notice");
  assertEquals(fixture.heard, ["[SERVER]: The server is shutting down"]);
  await stopping;
});

Deno.test("Client: sends PING to a silent server, and closes with timeout without PONG", async () => {
  const pinged = Promise.withResolvers<void>();
  await using server = new Protocol2ScriptedServer({
    main: async (peer) => {
      await peer.raw.expect("PING");
      pinged.resolve();
      await peer.raw.ended();
    },
  });
  await using fixture = await TestClient.connect(server.port, { protocol: 2, timeoutMs: 1_200 });
  await pinged.promise;
  const reason = await fixture.closed();
  assertInstanceOf(reason, ConnectionError);
  assertEquals(reason.code, "timeout");
});

Deno.test("Client: stays connected to a silent server that answers PING", async () => {
  const enough = Promise.withResolvers<void>();
  await using server = new Protocol2ScriptedServer({
    main: async (peer) => {
      for (let i = 0; i < 3; i++) {
        await peer.send(
          "PONG",
          JSON.parse(new TextDecoder().decode((await peer.raw.expect("PING")).payload)),
        );
      }
      enough.resolve();
      await untilQuit(peer);
    },
  });
  await using fixture = await TestClient.connect(server.port, { protocol: 2, timeoutMs: 1_500 });
  await enough.promise;
  assertEquals(fixture.client.isClosed, false);
});
