import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { ChatFixture } from "../helpers/chat_fixture.ts";
import { within } from "../helpers/deadline.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { Protocol2ScriptedServer } from "../helpers/protocol2_scripted_server.ts";
import { startServer } from "../helpers/servers.ts";

const LOBBY = { room: "lobby" };

/** A chat whose connection is down, until `letBack`. */
async function startOffline(fixture: ChatFixture): Promise<ReconnectingChat> {
  const chat = await fixture.connect();
  fixture.cutOff();
  await fixture.waitUntil(() => fixture.updates.at(-1)?.kind === "offline", "the loss");
  return chat;
}

/** The numbers of waiting messages that were reported. */
function waiting({ updates }: ChatFixture): number[] {
  return updates.flatMap((update) => update.kind === "waiting" ? [update.count] : []);
}

Deno.test("ReconnectingChat.say: keeps what is said without a connection, and sends it in order", async () => {
  await using fixture = await ChatFixture.start({ rooms: ["a"] });
  const chat = await startOffline(fixture);
  const texts = ["one", "two", "three", "four"];
  const saying = Promise.all(
    texts.map((text, i) => chat.say(text, i === 2 ? { room: "a" } : LOBBY)),
  );
  assertEquals([chat.isOnline, waiting(fixture)], [false, [1, 2, 3, 4]]);
  assertEquals(chat.unsent.map(({ text, mayHaveArrived }) => [text, mayHaveArrived]), [
    ["one", false],
    ["two", false],
    ["three", false],
    ["four", false],
  ]);
  fixture.letBack();
  assertEquals((await within(saying, "the answers")).map(({ seq }) => seq), [1, 2, 1, 3]);
  assertEquals([fixture.said("lobby"), fixture.said("a")], [["one", "two", "four"], ["three"]]);
  assertEquals([waiting(fixture).at(-1), chat.unsent, chat.isOnline], [0, [], true]);
});

Deno.test("ReconnectingChat.say: keeps a private message, too, and sends it once", async () => {
  await using fixture = await ChatFixture.start();
  const chat = await startOffline(fixture);
  const saying = chat.say("psst", { to: "bob" });
  fixture.letBack();
  assertEquals((await within(saying, "the answer")).seq, null);
});

Deno.test("ReconnectingChat.say: sends what the server may have before what was said later", async () => {
  await using fixture = await ChatFixture.start();
  const chat = await fixture.connect();
  fixture.cutter.cutOnce({ type: "SEND", direction: "up" }, { place: "before", how: "reset" });
  fixture.keepOff();
  const first = chat.say("first", LOBBY);
  await fixture.waitUntil(() => fixture.updates.at(-1)?.kind === "offline", "the loss");
  const second = chat.say("second", LOBBY);
  assertEquals(chat.unsent.map(({ mayHaveArrived }) => mayHaveArrived), [true, false]);
  fixture.letBack();
  await within(Promise.all([first, second]), "the answers");
  assertEquals(fixture.said("lobby"), ["first", "second"]);
});

Deno.test(`ReconnectingChat.say: keeps ${LIMITS.unsentMessages} messages, and refuses one more`, async () => {
  await using fixture = await ChatFixture.start();
  const chat = await startOffline(fixture);
  const saying: Promise<unknown>[] = [];
  for (let i = 1; i <= LIMITS.unsentMessages; i++) saying.push(chat.say(String(i), LOBBY));
  const error = await assertRejects(
    () => within(chat.say("one more", LOBBY), "the refusal"),
    RequestError,
  );
  assertEquals([error.code, error.reason], ["busy", "outbox-full"]);
  fixture.letBack();
  await within(Promise.all(saying), "the answers");
  assertEquals(fixture.said("lobby").length, LIMITS.unsentMessages);
  await chat.say("one more", LOBBY);
});

Deno.test("ReconnectingChat.say: refuses what the server would refuse at once, offline too", async () => {
  await using fixture = await ChatFixture.start();
  const chat = await startOffline(fixture);
  for (const text of ["", "x".repeat(LIMITS.messageBytes + 1), "\x1b[2J"]) {
    await assertRejects(() => chat.say(text, LOBBY), RequestError);
  }
  assertEquals(chat.unsent, []);
});

Deno.test("ReconnectingChat: tells after its end what was not sent", async () => {
  await using fixture = await ChatFixture.start();
  const chat = await startOffline(fixture);
  const saying = chat.say("unheard", LOBBY);
  await within(chat.quit(), "the end without a connection");
  await assertRejects(() => saying, ConnectionError);
  await assertRejects(() => chat.say("too late", LOBBY), ConnectionError);
  assertEquals(chat.unsent, [{ text: "unheard", target: LOBBY, mayHaveArrived: false }]);
});

Deno.test("ReconnectingChat.say: 40 messages at once all arrive in order, and none is refused", async () => {
  await using server = await startServer({ chatPerSecond: 40 });
  const chat = await ReconnectingChat.start({
    hostname: "127.0.0.1",
    port: server.port,
    onUpdate: () => {},
  }, connect);
  const texts = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  await within(Promise.all(texts.map((text) => chat.say(text, LOBBY))), "the answers");
  assertEquals(server.eventsOf("chat").map(({ text }) => text), texts);
  assertEquals(server.eventsOf("refused"), []);
  await chat.quit();
});

Deno.test("ReconnectingChat.say: paces itself by refusals where the server tells no rate", async () => {
  const said: string[] = [];
  let refusals = 0;
  await using server = new Protocol2ScriptedServer({
    main: async (peer) => {
      for (let message = await peer.read(); message; message = await peer.read()) {
        const { type, json: { id, text } } = message;
        if (type === "JOIN") await peer.send("DONE", { id, room: "lobby", members: [], seq: 0 });
        else if (type === "HIST") await peer.send("DONE", { id, messages: [] });
        else if (type === "SEND" && text === "two" && refusals++ < 2) {
          const retryAfter = refusals === 1 ? { retryAfter: 5 } : {};
          await peer.send("FAIL", { id, code: "rate-limited", ...retryAfter, message: "slowly" });
        } else if (type === "SEND") {
          said.push(String(text));
          await peer.send("DONE", { id, seq: said.length, time: 5 });
        } else if (type === "QUIT") return;
      }
    },
  });
  const chat = await ReconnectingChat.start({
    hostname: "127.0.0.1",
    port: server.port,
    onUpdate: () => {},
  }, connect);
  const texts = ["one", "two", "three", "four"];
  await within(Promise.all(texts.map((text) => chat.say(text, LOBBY))), "the answers");
  assertEquals([said, refusals], [texts, 3]);
  await chat.quit();
});

Deno.test("SEND: tells with rate-limited when it takes messages again, as pace in HELO announces", async () => {
  await using server = await startServer({ chatPerSecond: 1 });
  using peer = await Protocol2Peer.connect(server.port);
  assert((peer.hello.features as string[]).includes("pace"));
  let answer;
  do {
    await peer.ask("SEND", { ...LOBBY, text: "x" });
    answer = (await peer.read())!.json;
  } while (answer.code === undefined);
  assertEquals(answer.code, "rate-limited");
  const retryAfter = Number(answer.retryAfter);
  assert(Number.isInteger(retryAfter) && retryAfter > 0 && retryAfter <= 1_000, `${retryAfter}`);
});
