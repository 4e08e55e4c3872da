import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { type ConnectOptions } from "../../lib/client/connect_options.ts";
import { ConnectionError, ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { OriginalServer } from "../helpers/original_server.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { SERVER_HELLO, untilQuit } from "../helpers/protocol2_scripted_server.ts";
import { rawFrame, type RawPeer, textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";

/** Connects to a server that follows the script. */
async function connectTo(
  script: (peer: RawPeer) => Promise<void>,
  options: Partial<ConnectOptions> = {},
) {
  const server = new ScriptedServer(script);
  const connected = connect({ hostname: "127.0.0.1", port: server.port, ...options });
  return { server, outcome: await connected.then((client) => client, (error) => error) };
}

/** A script that answers HELO with `hello`, and waits for QUIT. */
const answering = (hello: Json | string) => async (peer: RawPeer) => {
  await peer.expect("HELO");
  await peer.sendFrame("HELO", typeof hello === "string" ? hello : JSON.stringify(hello));
  await untilQuit(new Protocol2Peer(peer));
};

Deno.test("connect: sends HELO first, with protocol 2 and its agent", async () => {
  const said = Promise.withResolvers<Json>();
  const { server, outcome } = await connectTo(async (peer) => {
    const frame = await peer.readFrame();
    said.resolve({ type: frame?.type, ...JSON.parse(textOf(frame!)) });
    await peer.sendFrame("HELO", JSON.stringify(SERVER_HELLO));
    await untilQuit(new Protocol2Peer(peer));
  });
  await using _server = server;
  const { agent, ...rest } = await said.promise;
  assertEquals(rest, { type: "HELO", protocol: 2, names: true });
  assert(typeof agent === "string" && /\d+\.\d+/.test(agent));
  assertEquals(outcome.protocol, 2);
  assertEquals(await outcome.quit(), null);
});

Deno.test("connect: sends no HELO with protocol 1, and ignores that of the server", async () => {
  const { server, outcome } = await connectTo(async (peer) => {
    await peer.sendFrame("HELO", JSON.stringify(SERVER_HELLO));
    assertEquals((await peer.readFrame())?.type, "CHAT");
    await peer.expect("QUIT");
  }, { protocol: 1 });
  await using _server = server;
  assertEquals(outcome.protocol, 1);
  await outcome.chat.say("hello");
  assertEquals(await outcome.quit(), null);
});

Deno.test("connect: falls back to protocol 1 after handshakeMs without an answer to HELO", async () => {
  await using server = new OriginalServer({});
  const startedMs = performance.now();
  await using client = await TestClient.connect(server.port, { protocol: "auto", handshakeMs: 80 });
  assert(performance.now() - startedMs >= 70);
  assertEquals(client.client.protocol, 1);
  await client.client.chat.say("olá");
  await client.client.quit();
  assertEquals(server.console, ["olá"]);
});

Deno.test("Client: throws unsupported for requests that protocol 1 lacks, and stays connected", async () => {
  await using server = new OriginalServer({});
  await using client = await TestClient.connect(server.port, { protocol: "auto", handshakeMs: 20 });
  const attempts: Array<() => Promise<unknown>> = [
    () => Array.fromAsync(client.client.list()),
    () => client.client.stat("a.txt"),
    () => client.client.makeFolder("a"),
    () => client.client.upload("README.md"),
  ];
  for (const attempt of attempts) {
    const error = await assertRejects(attempt, RequestError);
    assertEquals([error.code, error.reason], ["unsupported", "protocol-1"]);
  }
  await client.client.chat.say("still here");
});

Deno.test("connect: throws timeout with protocol 2 if the server does not answer HELO", async () => {
  await using server = new OriginalServer({});
  const error = await assertRejects(
    () => connect({ hostname: "127.0.0.1", port: server.port, protocol: 2, timeoutMs: 80 }),
    ConnectionError,
  );
  assertEquals(error.code, "timeout");
});

Deno.test("connect: reports chat that arrives before the answer to HELO", async () => {
  await using server = new ScriptedServer(async (peer) => {
    await peer.sendFrame("CHAT", "[ana]: early");
    await answering(SERVER_HELLO)(peer);
  });
  await using client = await TestClient.connect(server.port, { protocol: "auto" });
  assertEquals(client.client.protocol, 2);
  await until(() => client.heard.length > 0, "the message");
  assertEquals(client.heard, ["[ana]: early"]);
});

const MALFORMED: Record<string, [hello: Json | string, code: string]> = {
  "of protocol 3": [{ ...SERVER_HELLO, protocol: 3 }, "bad-frame"],
  "of protocol 1": [{ ...SERVER_HELLO, protocol: 1 }, "bad-frame"],
  "without a protocol": [{ ...SERVER_HELLO, protocol: undefined }, "bad-frame"],
  "without a session": [{ ...SERVER_HELLO, you: { nick: "guest-1" } }, "bad-frame"],
  "that is not JSON": ["{", "bad-json"],
  "that is a list": ["[]", "bad-frame"],
};

for (const [what, [hello, code]] of Object.entries(MALFORMED)) {
  Deno.test(`connect: throws ${code} for an answer to HELO ${what}`, async () => {
    for (const protocol of ["auto", 2] as const) {
      const { server, outcome } = await connectTo(answering(hello), { protocol });
      await using _server = server;
      assertInstanceOf(outcome, ProtocolError);
      assertEquals(outcome.code, code);
    }
  });
}

Deno.test("connect: accepts an answer to HELO with unknown and without optional members", async () => {
  const { server, outcome } = await connectTo(
    answering({ protocol: 2, you: { session: "s", more: 1 }, colour: "red", limits: { x: 1 } }),
  );
  await using _server = server;
  assertEquals(outcome.protocol, 2);
  assertEquals(await outcome.quit(), null);
});

Deno.test("connect: ignores a second answer to HELO, and frames of types that it does not know", async () => {
  const { server, outcome } = await connectTo(async (peer) => {
    await peer.expect("HELO");
    const hello = rawFrame("HELO", JSON.stringify(SERVER_HELLO));
    await peer.send(
      hello,
      hello,
      rawFrame("XNEW", "{}"),
      rawFrame("XRAW", "\0\xff"),
      rawFrame("XNIL", ""),
    );
    await untilQuit(new Protocol2Peer(peer));
  });
  await using _server = server;
  assertEquals(await outcome.quit(), null);
});

Deno.test("Client.download: tells that the server has violated the protocol right behind HELO", async () => {
  const { server, outcome } = await connectTo(async (peer) => {
    await peer.expect("HELO");
    await peer.send(rawFrame("HELO", JSON.stringify(SERVER_HELLO)), rawFrame("EVNT", "{}"));
    await peer.ended();
  }, { present: false, connections: 1 });
  await using _server = server;
  const error = outcome instanceof Error ? outcome : await outcome.download("a", { directory: "." })
    .catch((error: unknown) => error);
  assertInstanceOf(error, ProtocolError);
});

Deno.test("connect: throws rejected with the text of FERR or FAIL if the server refuses HELO", async () => {
  for (
    const [type, payload] of [
      ["FERR", "\x1bserver full\n"],
      ["FAIL", JSON.stringify({ id: null, code: "busy", message: "\x1bserver full\n" })],
    ]
  ) {
    const { server, outcome } = await connectTo((peer) => peer.sendFrame(type!, payload));
    await using _server = server;
    assertInstanceOf(outcome, ConnectionError);
    assertEquals([outcome.code, outcome.message.trim()], ["rejected", "server full"]);
  }
});

Deno.test("connect: throws lost if the server closes instead of answering HELO", async () => {
  for (const script of [() => Promise.resolve(), (peer: RawPeer) => peer.send("\0\0\0")]) {
    const { server, outcome } = await connectTo(script);
    await using _server = server;
    assertInstanceOf(outcome, ConnectionError);
    assertEquals(outcome.code, "lost");
  }
});

Deno.test("connect: throws the reason when aborted while it waits for the answer to HELO", async () => {
  const greeted = Promise.withResolvers<void>();
  await using server = new ScriptedServer(async (peer) => {
    await peer.expect("HELO");
    greeted.resolve();
    await peer.ended();
  });
  const controller = new AbortController();
  const reason = new Error("changed my mind");
  greeted.promise.then(() => controller.abort(reason));
  const { signal } = controller;
  const error = await assertRejects(() =>
    connect({ hostname: "127.0.0.1", port: server.port, signal, handshakeMs: 60_000 })
  );
  assertEquals(error, reason);
});

Deno.test("connect: throws rejected with the text of a full server", async () => {
  await using server = await startServer({ maxClients: 1 });
  await using _first = await TestClient.connect(server.port, { protocol: 2 });
  for (const protocol of ["auto", 2] as const) {
    const error = await assertRejects(
      () => connect({ hostname: "127.0.0.1", port: server.port, protocol }),
      ConnectionError,
    );
    assertEquals([error.code, error.message], ["rejected", "server full"]);
  }
});
