import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { ChatFixture } from "../helpers/chat_fixture.ts";
import { within } from "../helpers/deadline.ts";
import type { CutPlace } from "../helpers/frame_cutter.ts";
import type { Json } from "../helpers/protocol2_peer.ts";
import { Protocol2ScriptedServer } from "../helpers/protocol2_scripted_server.ts";

const LOBBY = { room: "lobby" };
const SERVER_LIMITS = { control: 65_536, data: 1_048_576, message: 4_096 };

/** Frames at which the connection is cut, and whether the message has reached the server then. */
const CUTS = [
  ["up", "SEND", "before"],
  ["up", "SEND", "middle"],
  ["up", "SEND", "after"],
  ["down", "EVNT", "before"],
  ["down", "EVNT", "middle"],
  ["down", "EVNT", "after"],
  ["down", "DONE", "before"],
  ["down", "DONE", "middle"],
  ["down", "DONE", "after"],
] as const satisfies readonly (readonly ["up" | "down", string, CutPlace])[];

for (const [direction, type, place] of CUTS) {
  Deno.test(`ReconnectingChat: says a message once, cut ${place} ${type}`, async () => {
    await using fixture = await ChatFixture.start();
    const chat = await fixture.connect();
    for (const [i, how] of (["close", "reset"] as const).entries()) {
      fixture.cutter.cutOnce({ type, direction }, { place, how });
      assertEquals((await within(chat.say(how, LOBBY), "the answer")).seq, i + 1);
      await fixture.entered("lobby", i + 2);
    }
    assertEquals(fixture.said("lobby"), ["close", "reset"]);
    assertEquals(fixture.told("lobby"), [1, 2]);
  });
}

Deno.test("ReconnectingChat: finds a message also after several attempts to come back", async () => {
  await using fixture = await ChatFixture.start({ rooms: ["a"] });
  const chat = await fixture.connect();
  const { cutter } = fixture;
  // The message reaches the server; the next connection is lost after the lobby was told
  cutter.cutOnce({ type: "SEND", direction: "up" }, { place: "after", how: "close" });
  fixture.keepOff();
  const saying = chat.say("hello", LOBBY);
  await fixture.server.waitFor("chat");
  let joins = 0;
  cutter.decide = ({ type }) => {
    return type === "JOIN" && ++joins === 2 ? { place: "before", how: "reset" } : null;
  };
  fixture.letBack();
  assertEquals((await within(saying, "the answer")).seq, 1);
  assertEquals([fixture.said("lobby"), fixture.told("lobby")], [["hello"], [1]]);
});

Deno.test("ReconnectingChat: says the same twice where it is said twice", async () => {
  await using fixture = await ChatFixture.start();
  const chat = await fixture.connect();
  for (const [first, place] of [[1, "before"], [3, "after"]] as const) {
    let sends = 0;
    fixture.cutter.decide = ({ type }) => {
      return type === "SEND" && ++sends === 2 ? { place, how: "reset" } : null;
    };
    const sent = await within(Promise.all([1, 2].map(() => chat.say("ok", LOBBY))), "both answers");
    assertEquals(sent.map(({ seq }) => seq), [first, first + 1]);
  }
  assertEquals(fixture.said("lobby"), Array(4).fill("ok"));
});

Deno.test("ReconnectingChat: takes no message for another one that was answered before", async () => {
  const first: Json = {
    event: "message",
    seq: 1,
    room: "lobby",
    from: "guest-1",
    text: "ok",
    time: 5,
  };
  let sends = 0;
  // The answer to the first message comes, its event does not; the second one is lost
  await using server = new Protocol2ScriptedServer({
    main: async (peer) => {
      for (let message = await peer.read(); message; message = await peer.read()) {
        const { type, json: { id } } = message;
        if (type === "JOIN") {
          await peer.send("DONE", { id, room: "lobby", members: [], seq: sends === 0 ? 0 : 1 });
        } else if (type === "HIST") {
          await peer.send("DONE", { id, messages: sends === 0 ? [] : [first] });
        } else if (type === "SEND" && ++sends === 2) return;
        else if (type === "SEND") await peer.send("DONE", { id, seq: Math.min(sends, 2), time: 5 });
        else if (type === "QUIT") return;
      }
    },
  });
  const chat = await ReconnectingChat.start({
    hostname: "127.0.0.1",
    port: server.port,
    retry: () => 0,
    onUpdate: () => {},
  }, connect);
  assertEquals((await chat.say("ok", LOBBY)).seq, 1);
  assertEquals((await within(chat.say("ok", LOBBY), "the answer")).seq, 2);
  assertEquals(sends, 3);
  await chat.quit();
});

Deno.test("ReconnectingChat: takes no message of another client for its own", async () => {
  await using fixture = await ChatFixture.start();
  const chat = await fixture.connect();
  fixture.cutter.cutOnce({ type: "SEND", direction: "up" }, { place: "before", how: "reset" });
  fixture.keepOff();
  const saying = chat.say("ok", LOBBY);
  await fixture.waitUntil(() => fixture.updates.at(-1)?.kind === "offline", "the loss");
  assertEquals(await fixture.bobSays("lobby", "ok"), 1);
  fixture.letBack();
  assertEquals((await within(saying, "the answer")).seq, 2);
  assertEquals(fixture.said("lobby"), ["ok", "ok"]);
});

Deno.test("ReconnectingChat: corrects which of two equal messages an event belongs to", async () => {
  const event = (seq: number): Json => {
    return { event: "message", seq, room: "lobby", from: "guest-1", text: "ok", time: seq };
  };
  const ids: unknown[] = [];
  // Both events come, then the answer to the first message: it is the second one that was stored
  await using server = new Protocol2ScriptedServer({
    hello: { limits: { ...SERVER_LIMITS, chat: { burst: 20, perSecond: 0 } } },
    main: async (peer) => {
      for (let message = await peer.read(); message; message = await peer.read()) {
        const { type, json: { id } } = message;
        const stored = ids.length === 0 ? [] : [event(1), event(2)];
        if (type === "QUIT") return;
        if (type === "JOIN") {
          await peer.send("DONE", { id, room: "lobby", members: [], seq: stored.length });
        } else if (type === "HIST") await peer.send("DONE", { id, messages: stored });
        else if (type === "SEND" && ids.push(id) === 2) {
          for (const seq of [1, 2]) await peer.send("EVNT", event(seq));
          await peer.send("DONE", { id: ids[0], seq: 2, time: 2 });
          return;
        }
      }
    },
  });
  const chat = await ReconnectingChat.start({
    hostname: "127.0.0.1",
    port: server.port,
    retry: () => 0,
    onUpdate: () => {},
  }, connect);
  const sent = await within(Promise.all([1, 2].map(() => chat.say("ok", LOBBY))), "both answers");
  assertEquals([sent.map(({ seq }) => seq), ids.length], [[2, 1], 2]);
  await chat.quit();
});

Deno.test("ReconnectingChat: does not repeat a private message", async () => {
  await using fixture = await ChatFixture.start();
  const chat = await fixture.connect();
  fixture.cutter.cutOnce({ type: "SEND", direction: "up" }, { place: "after", how: "close" });
  await assertRejects(() => within(chat.say("psst", { to: "bob" }), "the answer"), ConnectionError);
});
