import { assert, assertEquals, assertMatch } from "@std/assert";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { rawFrame, textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";

const HELO = { protocol: 2, agent: "test" };

Deno.test("HELO: is answered with agent, features, limits, mechanisms, nick and session", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  const { agent, features, auth, you, time, ...rest } = peer.hello;
  assertEquals(rest, {
    protocol: 2,
    limits: {
      control: 65_536,
      data: 1_048_576,
      message: 4_096,
      chat: { burst: 20, perSecond: 10 },
    },
  });
  assert(Math.abs(Number(time) - Date.now()) < 60_000, String(time));
  assertMatch(String(agent), /^tcp-chat\S*\/\d+\.\d+/);
  assert(Array.isArray(features) && features.includes("zstd"));
  const { required, mechanisms } = auth as Record<string, unknown>;
  assert(required === false && Array.isArray(mechanisms));
  const { nick, session, ...more } = you as Record<string, unknown>;
  assertEquals([nick, more], ["guest-1", {}]);
  assert(typeof session === "string" && session.length >= 16);
});

Deno.test("HELO: issues sessions that have little in common", async () => {
  await using server = await startServer();
  using first = await Protocol2Peer.connect(server.port);
  using second = await Protocol2Peer.connect(server.port);
  const differing = [...first.session].filter((digit, i) => digit !== second.session[i]);
  assert(differing.length > first.session.length / 2, `${first.session} ${second.session}`);
});

Deno.test("HELO: lists the features upload, chat and files only if they are enabled", async () => {
  const featuresOf = async (options: Parameters<typeof startServer>[0]) => {
    await using server = await startServer(options);
    using peer = await Protocol2Peer.connect(server.port);
    return (peer.hello.features as string[]).toSorted();
  };
  const chat = ["away", "chat", "login", "pace", "presence", "rename", "resume", "rooms", "topic"];
  const files = [
    "batch",
    "doubt",
    "exec",
    "files",
    "links",
    "names",
    "pages",
    "ranges",
    "rights",
    "sums",
    "zstd",
  ];
  const uploads = ["discard", "known", "manage", "upload", "upload-batch"];
  assertEquals(await featuresOf({}), [...chat, ...files].toSorted());
  assertEquals(await featuresOf({ uploads: true }), [...chat, ...files, ...uploads].toSorted());
  assertEquals(await featuresOf({ chat: false }), files);
  assertEquals(await featuresOf({ files: false, uploads: true }), chat);
});

Deno.test("HELO: is logged with the agent, cleaned", async () => {
  await using server = await startServer();
  using _peer = await Protocol2Peer.connect(server.port, { agent: "some\x1b[2Jthing\n1.0" });
  const { client, protocol, agent } = await server.waitFor("hello");
  assertEquals([client, protocol, agent], [1, 2, "some[2Jthing 1.0"]);
});

Deno.test("HELO: may have unknown members, and no agent", async () => {
  await using server = await startServer();
  using peer = new Protocol2Peer(await server.connect());
  await peer.send("HELO", { protocol: 2, colour: "red", constructor: [1] });
  assertEquals((await peer.expect("HELO")).protocol, 2);
  await peer.assertLives();
});

Deno.test("HELO: of a later protocol is answered with protocol 2", async () => {
  await using server = await startServer();
  using peer = new Protocol2Peer(await server.connect());
  await peer.send("HELO", { ...HELO, protocol: 3 });
  assertEquals((await peer.expect("HELO")).protocol, 2);
});

const MALFORMED: Record<string, string> = {
  "without a protocol": `{"agent":"test"}`,
  "of protocol 1": `{"protocol":1}`,
  "of protocol 0": `{"protocol":0}`,
  "of protocol -2": `{"protocol":-2}`,
  "of protocol 2.5": `{"protocol":2.5}`,
  "with a protocol in quotes": `{"protocol":"2"}`,
  "with a protocol that is null": `{"protocol":null}`,
  "with an agent that is not text": `{"protocol":2,"agent":5}`,
  "with an agent of 10,000 characters": `{"protocol":2,"agent":"${"a".repeat(10_000)}"}`,
  "that attaches to a number": `{"protocol":2,"attach":5}`,
  "that is a list": `[{"protocol":2}]`,
  "that is a number": "2",
  "that is null": "null",
};

for (const [what, payload] of Object.entries(MALFORMED)) {
  Deno.test(`HELO: ${what} fails with bad-request and id null, and the connection lives`, async () => {
    await using server = await startServer();
    using peer = new Protocol2Peer(await server.connect());
    await peer.raw.sendFrame("HELO", payload);
    assertEquals(await peer.fail(null), "bad-request");
    await peer.send("HELO", HELO);
    await peer.expect("HELO");
    await peer.assertLives();
  });
}

for (const payload of ["", "{", "{}x", `{"protocol":2}\0`, "\xff"]) {
  Deno.test(`HELO: with the payload ${JSON.stringify(payload)} ends the connection`, async () => {
    await using server = await startServer();
    using peer = new Protocol2Peer(await server.connect());
    await peer.raw.sendFrame("HELO", Uint8Array.from(payload, (c) => c.charCodeAt(0)));
    assertEquals(await peer.failsAndEnds(), "bad-request");
    assertEquals((await server.waitFor("disconnected")).reason, "violation");
  });
}

for (const type of ["HELO", "FILE", "CHAT"]) {
  Deno.test(`${type}: after HELO fails with bad-request and id null, and the connection lives`, async () => {
    await using server = await startServer({}, { "a.txt": "a" });
    using peer = await Protocol2Peer.connect(server.port);
    const payloads = { HELO: JSON.stringify(HELO), FILE: "a.txt", CHAT: "hello" };
    await peer.raw.sendFrame(type, payloads[type as keyof typeof payloads]);
    assertEquals(await peer.fail(null), "bad-request");
    await peer.assertLives();
    assertEquals([server.eventsOf("chat"), server.eventsOf("download")], [[], []]);
    assertEquals(server.eventsOf("hello").length, 1);
  });
}

Deno.test("HELO: is ignored after any other frame, like an unknown type of protocol 1", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  for (const [type, payload] of [["CHAT", "hello"], ["XXXX", ""], ["PING", "{}"], ["FDAT", "x"]]) {
    using peer = await server.connect();
    await peer.sendFrame(type!, payload);
    await peer.sendFrame("HELO", JSON.stringify(HELO));
    await peer.sendFrame("FILE", "a.txt");
    const frames = await peer.readUntil("FDAT");
    assertEquals(frames.map(({ type }) => type), ["FROK", "FMTA", "FHSH", "FDAT"]);
  }
  assertEquals(server.eventsOf("hello"), []);
});

Deno.test("server: sends nothing of protocol 2 to a client without HELO, even if others use it", async () => {
  await using server = await startServer();
  using original = await server.connect();
  await server.waitFor("connected");
  using peer = await Protocol2Peer.connect(server.port);
  await peer.request("NICK", { nick: "ana" });
  await peer.request("JOIN", { room: "other" });
  await peer.request("SEND", { room: "other", text: "not for the lobby" });
  await peer.request("PART", { room: "lobby" });
  await peer.request("JOIN", { room: "lobby" });
  await peer.request("SEND", { room: "lobby", text: "for all" });
  await peer.quit();
  await server.waitFor("disconnected");
  server.server.announce("marker");
  const frames = [(await original.readFrame())!, (await original.readFrame())!];
  assertEquals(frames.map(({ type }) => type), ["CHAT", "CHAT"]);
  assertEquals(frames.map(textOf), ["[ana]: for all", "[SERVER]: marker"]);
});

Deno.test("HELO: switches to protocol 2 for requests in the same write", async () => {
  await using server = await startServer({}, { "a.txt": "a" });
  using peer = new Protocol2Peer(await server.connect());
  const frames = [
    rawFrame("HELO", JSON.stringify(HELO)),
    rawFrame("FGET", `{"id":8,"path":"a.txt"}`),
    rawFrame("FGET", `{"id":7,"path":"a.txt"}`),
  ];
  await peer.raw.send(Uint8Array.from(frames.flatMap((frame) => [...frame])));
  await peer.expect("HELO");
  for (const id of [8, 7]) {
    assertEquals(new TextDecoder().decode((await peer.receiveFile(id)).bytes), "a");
  }
});

Deno.test("HELO: is answered when it arrives byte by byte", async () => {
  await using server = await startServer();
  using peer = new Protocol2Peer(await server.connect());
  for (const byte of rawFrame("HELO", JSON.stringify(HELO))) {
    await peer.raw.send(Uint8Array.of(byte));
  }
  await peer.expect("HELO");
  await peer.assertLives();
});
