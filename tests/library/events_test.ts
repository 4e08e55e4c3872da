import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Client,
  connect,
  ConnectionError,
  LaggedError,
  type ReceivedEvent,
  RequestError,
} from "../../mod.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { within } from "../helpers/deadline.ts";
import { LibraryFixture } from "../helpers/library_fixture.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { jsonFrame, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import {
  Protocol2ScriptedServer,
  SERVER_HELLO,
  untilQuit,
} from "../helpers/protocol2_scripted_server.ts";

/** The texts of the messages among events, up to one that ends the loop. */
async function textsUntil(events: AsyncIterable<ReceivedEvent>, last: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const event of events) {
    if (event.event === "message") texts.push(event.text);
    if (texts.at(-1) === last) return texts;
  }
  throw new Error("the events ended");
}

Deno.test("Client.events: gives all events to each of several loops, and to onEvent", async () => {
  const heard: string[] = [];
  await using fixture = await LibraryFixture.start({
    onEvent: (event) => event.event === "message" && heard.push(event.text),
  });
  const { client } = fixture;
  const loops = [client.events(), client.events()];
  for (const text of ["a", "b", "end"]) await client.chat.say(text);
  for (const loop of loops) {
    assertEquals(await within(textsUntil(loop, "end"), "events"), ["a", "b", "end"]);
  }
  assertEquals(heard, ["a", "b", "end"]);
});

Deno.test("Client.events: gives an event to a loop that waits for it", async () => {
  await using fixture = await LibraryFixture.start();
  const other = await fixture.connectAnother();
  const texts = textsUntil(fixture.client.events(), "b");
  await other.chat.say("a");
  await other.chat.say("b");
  assertEquals(await within(texts, "events"), ["a", "b"]);
});

Deno.test("Chat.messages: gives the messages of its room only", async () => {
  await using fixture = await LibraryFixture.start();
  const { chat } = fixture.client;
  await chat.join("design");
  const messages = chat.messages("design");
  await chat.say("not here");
  await chat.say("private", { to: chat.nick ?? "" });
  await chat.setTopic("design", "colours");
  await chat.say("here", { room: "design" });
  const { value } = await within(messages.next(), "a message");
  assertEquals([value?.room, value?.text, value?.from], ["design", "here", chat.nick]);
  assertThrows(() => chat.messages("no room!"), RequestError);
});

Deno.test("Client.events: ends with quit and with close, after what waits", async () => {
  for (const end of [(client: Client) => client.quit(), (client: Client) => client.close()]) {
    await using fixture = await LibraryFixture.start();
    const { client } = fixture;
    const waiting = client.events();
    const blocked = client.chat.messages("other").next();
    await client.chat.say("last");
    await end(client);
    await client.closed;
    assertEquals((await within(blocked, "the end")).done, true);
    const texts = await Array.fromAsync(waiting);
    assertEquals(texts.flatMap((event) => event.event === "message" ? [event.text] : []), ["last"]);
    assertEquals(await Array.fromAsync(client.events()), []);
  }
});

/** Runs `work` with a client of a server whose control connection follows a script. */
async function withServer(
  main: (peer: Protocol2Peer) => Promise<void>,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  await using server = new Protocol2ScriptedServer({ main });
  const client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  try {
    await work(client);
  } finally {
    client.close();
    await client.closed;
  }
}

function message(seq: number): Uint8Array {
  const event = { event: "message", room: "lobby", seq, from: "ana", text: `${seq}`, time: 0 };
  return jsonFrame("EVNT", event);
}

/** Sends so many messages when the client asks, and answers behind them. */
function sending(count: number): (peer: Protocol2Peer) => Promise<void> {
  return async (peer) => {
    const { id } = (await peer.read())!.json;
    for (let seq = 1; seq <= count; seq++) await peer.raw.send(message(seq));
    await peer.send("DONE", { id, members: [] });
    await untilQuit(peer);
  };
}

for (const more of [-1, 0, 1]) {
  const count = LIMITS.waitingEvents + more;
  Deno.test(`Client.events: lets ${count} events wait, and ${more > 0 ? "throws lagged" : "goes on"}`, async () => {
    await withServer(sending(count), async (client) => {
      const events = client.events();
      await client.chat.members(); // The answer comes behind the events
      const seqs: number[] = [];
      const loop = (async () => {
        for await (const event of events) {
          if ("seq" in event) seqs.push(event.seq);
          if (more <= 0 && seqs.length === count) break;
        }
      })();
      if (more > 0) {
        assertEquals((await assertRejects(() => loop, LaggedError)).code, "lagged");
      } else await within(loop, "the events");
      const expected = Math.min(count, LIMITS.waitingEvents);
      assertEquals(seqs, Array.from({ length: expected }, (_, i) => i + 1));
      assertEquals((await events.next().catch(() => ({ done: true }))).done, true);
    });
  });
}

Deno.test("Client.events: frees what waits when its loop is left, and takes no more", async () => {
  await withServer(sending(LIMITS.waitingEvents + 1), async (client) => {
    const left = client.events();
    const events = client.events();
    const first = events.next();
    await left.return?.();
    await client.chat.members();
    assertEquals((await first).done, false);
    assertEquals(await left.next(), { value: undefined, done: true });
    for await (const _ of events) break;
    assertEquals((await events.next()).done, true);
  });
});

Deno.test("Client.events: throws why the connection was lost, after what waits", async () => {
  await withServer(async (peer) => {
    await peer.read();
    await peer.raw.send(message(1));
  }, async (client) => {
    const events = client.events();
    client.chat.members().catch(() => {});
    await client.closed;
    assertEquals((await events.next()).done, false);
    await assertRejects(() => events.next(), ConnectionError);
    await assertRejects(() => Array.fromAsync(client.events()), ConnectionError);
  });
});

Deno.test("Client.events: ends with the reason of its signal, at once if that has fired", async () => {
  await using fixture = await LibraryFixture.start();
  const controller = new AbortController();
  const { signal } = controller;
  const events = fixture.client.events({ signal });
  await fixture.client.chat.say("waits");
  controller.abort(new Error("enough"));
  await assertRejects(() => events.next(), Error, "enough");
  await assertRejects(() => fixture.client.events({ signal }).next(), Error, "enough");
});

Deno.test("Client.events: begins with what came while connecting, until something new has come", async () => {
  await using server = new ScriptedServer(async (raw) => {
    await raw.sendFrame("CHAT", "[ana]: early");
    const peer = new Protocol2Peer(raw);
    await peer.expect("HELO");
    await peer.send("HELO", SERVER_HELLO);
    await sending(1)(peer);
  });
  await using client = await connect({ hostname: "127.0.0.1", port: server.port, protocol: 2 });
  for (const events of [client.events(), client.events()]) {
    const { value } = await within(events.next(), "the early line");
    assertEquals(value, { event: "line", text: "[ana]: early" });
  }
  await client.chat.members(); // A message comes before the answer
  const later = client.events();
  client.close();
  assertEquals(await Array.fromAsync(later), []);
});
