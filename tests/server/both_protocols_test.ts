import { assert, assertEquals } from "@std/assert";
import { patternedBytes, sha256Of } from "../helpers/bytes.ts";
import { OriginalClient } from "../helpers/original_client.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { ShiftedClock } from "../helpers/shifted_clock.ts";

const CONTENT = patternedBytes(300_000);

Deno.test("server: passes messages in the lobby between clients of both protocols", async () => {
  await using server = await startServer();
  using original = await server.connect();
  await server.waitFor("connected");
  using peer = await Protocol2Peer.connect(server.port);
  await original.sendFrame("CHAT", "from protocol 1");
  const { seq, time, ...message } = await peer.event(({ event }) => event === "message");
  assertEquals(message, {
    event: "message",
    room: "lobby",
    from: "guest-1",
    text: "from protocol 1",
  });
  assertEquals(seq, 1);
  assert(Math.abs(Date.now() - Number(time)) < 10_000);
  const done = await peer.request("SEND", { room: "lobby", text: "from protocol 2" });
  assertEquals(done.seq, 2);
  assertEquals(textOf(await original.expect("CHAT")), "[guest-2]: from protocol 2");
  // The sender receives its own message only in protocol 2
  const own = await peer.event(({ from }) => from === "guest-2");
  assertEquals([own.text, own.seq], ["from protocol 2", 2]);
});

Deno.test("Server.announce: reaches clients of both protocols", async () => {
  await using server = await startServer();
  using original = await server.connect();
  await server.waitFor("connected");
  using peer = await Protocol2Peer.connect(server.port);
  server.server.announce("olá");
  assertEquals(textOf(await original.expect("CHAT")), "[SERVER]: olá");
  await peer.event(({ event }) => event === "notice");
  assertEquals(peer.events, [{ event: "notice", text: "olá" }]);
});

Deno.test("FPUT: stores a file that clients of both protocols can download", async () => {
  await using server = await startServer({ uploads: true });
  using uploader = await Protocol2Peer.connect(server.port);
  await uploader.put("f/a.bin", CONTENT);
  await using original = await OriginalClient.connect(server.port);
  const { verified, bytes } = await original.download("f/a.bin");
  assertEquals([verified, sha256Of(bytes)], [true, sha256Of(CONTENT)]);
  using downloader = await Protocol2Peer.connect(server.port);
  assertEquals(sha256Of((await downloader.get("f/a.bin")).bytes), sha256Of(CONTENT));
});

Deno.test("FGET: announces the hash that a download in protocol 1 computed", async () => {
  await using server = await startServer({}, { "a.bin": CONTENT });
  using _later = new ShiftedClock();
  await using original = await OriginalClient.connect(server.port);
  assert((await original.download("a.bin")).verified);
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals((await peer.get("a.bin")).head.sha256, sha256Of(CONTENT));
});

Deno.test("server: serves chat and downloads to many clients of both protocols at once", async () => {
  await using server = await startServer({ chatPerSecond: 0, maxWorkers: 3 }, { "a.bin": CONTENT });
  const talkers = Array.from({ length: 10 }, async (_, i) => {
    if (i % 2 === 0) {
      await using client = await OriginalClient.connect(server.port);
      await client.say(`message ${i}`);
      for (let round = 0; round < 3; round++) {
        assert((await client.download("a.bin")).verified);
      }
      return await client.quit();
    }
    using peer = await Protocol2Peer.connect(server.port);
    await peer.request("SEND", { room: "lobby", text: `message ${i}` });
    for (let round = 0; round < 3; round++) {
      assertEquals(sha256Of((await peer.get("a.bin")).bytes), sha256Of(CONTENT));
    }
    await peer.quit();
  });
  await Promise.all(talkers);
  assertEquals(server.eventsOf("download").length, 30);
  assertEquals(server.eventsOf("chat").length, 10);
  using late = await Protocol2Peer.connect(server.port);
  const { messages } = await late.request("HIST", { room: "lobby" });
  assertEquals((messages as Json[]).map(({ seq }) => seq), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

Deno.test("SEND, WHOS: are unsupported without chat; downloads work", async () => {
  await using server = await startServer({ chat: false }, { "a.bin": CONTENT });
  using peer = await Protocol2Peer.connect(server.port);
  assertEquals(await peer.refusal("SEND", { room: "lobby", text: "hello" }), "unsupported");
  assertEquals(await peer.refusal("WHOS"), "unsupported");
  assertEquals((await peer.get("a.bin")).bytes.length, CONTENT.length);
  assertEquals(server.eventsOf("chat"), []);
});

Deno.test("SEND: fails with rate-limited beyond the limit, and sends every other message", async () => {
  await using server = await startServer({ chatPerSecond: 1 });
  using peer = await Protocol2Peer.connect(server.port);
  const outcomes: string[] = [];
  for (let i = 0; i < 25; i++) {
    const id = await peer.ask("SEND", { room: "lobby", text: `message ${i}` });
    const { type, json } = (await peer.read())!;
    assertEquals(json.id, id);
    outcomes.push(type === "DONE" ? type : String(json.code));
  }
  assertEquals(outcomes.slice(0, 20), Array(20).fill("DONE"));
  assert(outcomes.includes("rate-limited"));
  const sent = outcomes.filter((outcome) => outcome === "DONE").length;
  assertEquals(server.eventsOf("chat").length, sent);
});
