import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError, ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { Protocol2ScriptedServer } from "../helpers/protocol2_scripted_server.ts";
import { startServer } from "../helpers/servers.ts";
import { until } from "../helpers/serves_on.ts";

const REFUSED: Array<[what: string, text: string, code: string]> = [
  ["0 bytes", "", "bad-request"],
  ["white space", " \t\n", "bad-request"],
  ["4097 bytes", "a".repeat(4097), "too-large"],
  ["2049 characters of two bytes", "ã".repeat(2049), "too-large"],
];

const SENT: Array<[what: string, text: string]> = [
  ["one byte", "a"],
  ["4096 bytes", "a".repeat(4096)],
  ["2048 characters of two bytes", "ã".repeat(2048)],
  ["several lines", "one\ntwo\tthree"],
];

for (const protocol of [1, 2] as const) {
  for (const [what, text, code] of REFUSED) {
    Deno.test(`Chat.say: refuses a message of ${what}, protocol ${protocol}`, async () => {
      await using server = await startServer();
      await using client = await TestClient.connect(server.port, { protocol });
      const error = await assertRejects(() => client.client.chat.say(text), RequestError);
      assertEquals(error.code, code);
      await client.client.chat.say("marker");
      await client.client.quit();
      assertEquals(server.eventsOf("chat").map(({ text }) => text), ["marker"]);
    });
  }

  for (const [what, text] of SENT) {
    Deno.test(`Chat.say: sends a message of ${what} unchanged but for indented lines, protocol ${protocol}`, async () => {
      await using server = await startServer();
      await using listener = await TestClient.connect(server.port, { protocol });
      await server.waitFor("connected");
      await using speaker = await TestClient.connect(server.port, { protocol });
      await speaker.client.chat.say(text);
      await until(() => listener.heard.length > 0, "the message");
      assertEquals(listener.heard, [`[guest-2]: ${text.replaceAll("\n", "\n    ")}`]);
    });
  }

  Deno.test(`Chat.say: keeps the order of messages, protocol ${protocol}`, async () => {
    await using server = await startServer({ chatPerSecond: 0 });
    await using listener = await TestClient.connect(server.port, { protocol });
    await server.waitFor("connected");
    await using speaker = await TestClient.connect(server.port, { protocol });
    const texts = Array.from({ length: 200 }, (_, i) => `message ${i}`);
    await Promise.all(texts.map((text) => speaker.client.chat.say(text)));
    await until(() => listener.heard.length === texts.length, "all messages");
    assertEquals(listener.heard, texts.map((text) => `[guest-2]: ${text}`));
  });
}

Deno.test("Client: does not report its own messages to onChat", async () => {
  await using server = await startServer();
  await using first = await TestClient.connect(server.port, { protocol: 2 });
  await using second = await TestClient.connect(server.port, { protocol: 2 });
  await first.client.chat.say("one");
  await second.client.chat.say("two");
  await until(() => first.heard.length > 0 && second.heard.length > 0, "the messages");
  assertEquals([first.heard, second.heard], [["[guest-2]: two"], ["[guest-1]: one"]]);
});

Deno.test("Chat.say: does nothing after the end, protocol 1", async () => {
  await using server = await startServer();
  await using client = await TestClient.connect(server.port);
  client.client.close();
  await client.client.chat.say("too late");
  assertEquals(await client.closed(), null);
});

Deno.test("Chat.say: throws ConnectionError after the end, protocol 2", async () => {
  await using server = await startServer();
  await using client = await TestClient.connect(server.port, { protocol: 2 });
  client.client.close();
  await assertRejects(() => client.client.chat.say("too late"), ConnectionError);
  assertEquals(await client.closed(), null);
});

Deno.test("Chat.setTopic: tells the members, and those that join later", async () => {
  await using server = await startServer();
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  await using bob = await TestClient.connect(server.port, { protocol: 2 });
  assertEquals(await ana.client.chat.topic("lobby"), null);
  const topic = await ana.client.chat.setTopic("lobby", " what we do ");
  assertEquals(topic?.text, "what we do");
  assertEquals(await bob.client.chat.topic("lobby"), topic);
  assertEquals((await bob.client.chat.join("lobby")).topic, topic!);
  assertEquals(await bob.client.chat.setTopic("lobby", ""), null);
  const error = await assertRejects(() => ana.client.chat.setTopic("ops", "x"), RequestError);
  assertEquals([error.code, error.reason], ["denied", "room-not-in"]);
});

Deno.test("Chat.rooms: lists all pages, the largest room first, empty ones with messages last", async () => {
  await using server = await startServer({ chatPerSecond: 0 });
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  const { chat } = ana.client;
  const names = Array.from({ length: 300 }, (_, i) => `room-${String(i).padStart(3, "0")}`);
  for (const room of names) {
    await chat.join(room);
    await chat.say("x", { room });
    await chat.part(room);
  }
  await chat.join("zoo");
  const rooms = await chat.rooms();
  assertEquals(rooms.map(({ room }) => room), ["lobby", "zoo", ...names]);
  assertEquals(rooms.map(({ members }) => members).slice(0, 3), [1, 1, 0]);
});

Deno.test("Chat: takes a malformed answer for a violation of the protocol, not for a refusal", async () => {
  await using server = new Protocol2ScriptedServer({
    main: async (peer) => {
      const lists = ["no list", [null], [{}]];
      for (let message = await peer.read(); message?.json.id; message = await peer.read()) {
        const malformed = lists.shift() ?? [{}];
        await peer.send("DONE", {
          id: message.json.id,
          messages: malformed,
          members: malformed,
          rooms: malformed,
          topic: {},
        });
      }
    },
  });
  await using client = await TestClient.connect(server.port, { protocol: 2 });
  const { chat } = client.client;
  for (let i = 0; i < 3; i++) await assertRejects(() => chat.history("lobby"), ProtocolError);
  await assertRejects(() => chat.members(), ProtocolError);
  await assertRejects(() => chat.rooms(), ProtocolError);
  await assertRejects(() => chat.say("hello"), ProtocolError);
  await assertRejects(() => chat.setNick("ana"), ProtocolError);
  await assertRejects(() => chat.join("design"), ProtocolError);
  await assertRejects(() => chat.topic("lobby"), ProtocolError);
  await assertRejects(() => chat.setTopic("lobby", "tea"), ProtocolError);
});
