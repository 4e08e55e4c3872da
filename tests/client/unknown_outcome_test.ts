import { assertEquals, assertRejects } from "@std/assert";
import type { ChatUpdate } from "../../lib/client/chat_update.ts";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import type { ReconnectingChatOptions } from "../../lib/client/reconnecting_chat_options.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { jsonFrame } from "../helpers/protocol2_peer.ts";
import { type Rewrite, ScriptedCluster } from "../helpers/scripted_cluster.ts";
import { until } from "../helpers/serves_on.ts";

/** The payload of a whole frame. */
function textIn(frame: Uint8Array): string {
  return new TextDecoder().decode(frame.subarray(12));
}

const UNKNOWN = { code: "busy", reason: "outcome-unknown", message: "unknown" };
const HALTED = { code: "busy", reason: "cluster-halted", message: "halted" };
const STOPS = { code: "shutting-down", message: "stops" };

type Failure = typeof UNKNOWN | typeof STOPS;

/** Makes answers to messages of the first server failures. */
function failing(failure: Failure) {
  return (member: number): Rewrite => (frame, type) => {
    const { id, time } = member === 0 && type === "DONE" ? JSON.parse(textIn(frame)) : {};
    return time === undefined ? frame : jsonFrame("FAIL", { id, ...failure });
  };
}

/** A chat in a cluster whose first server does not know what comes of messages. */
async function setUp(
  size: number,
  options: Partial<ReconnectingChatOptions> = {},
  failure: Failure = UNKNOWN,
) {
  const stack = new AsyncDisposableStack();
  const cluster = stack.use(await ScriptedCluster.start({ size, rewrite: failing(failure) }));
  const updates: ChatUpdate[] = [];
  const chat = await ReconnectingChat.start({
    hostname: "127.0.0.1",
    port: cluster.at(0).port,
    protocol: 2,
    nick: "ana",
    onUpdate: (update) => void updates.push(update),
    ...options,
  }, connect);
  stack.defer(async () => {
    chat.close();
    await chat.ended.catch(() => {});
  });
  const told = () =>
    updates.flatMap((update) =>
      update.kind === "event" && update.event.event === "message" ? [update.event.text] : []
    );
  return { cluster, chat, told, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

for (
  const [what, failure] of [["does not know whether it has a message", UNKNOWN], [
    "stops",
    STOPS,
  ]] as const
) {
  Deno.test(`ReconnectingChat.say: goes on at another server where this one ${what}, and says it once`, async () => {
    await using fixture = await setUp(2, {}, failure);
    const { cluster, chat, told } = fixture;
    await until(() => chat.isOnline, "the first connection");
    assertEquals((await chat.say("once", { room: "lobby" })).seq, 1);
    assertEquals((await chat.say("then", { room: "lobby" })).seq, 2);
    await until(() => told().length === 2, "what is said");
    assertEquals([told(), cluster.at(1).sent("NICK").length], [["once", "then"], 1]);
  });
}

/** Sets `performance.now()` forward. Disposal ends that. */
function later(ms: number): Disposable {
  const { now } = performance;
  performance.now = () => now.call(performance) + ms;
  return { [Symbol.dispose]: () => void (performance.now = now) };
}

Deno.test("ReconnectingChat.say: goes on at another server where this one is halted", async () => {
  await using fixture = await setUp(2, {}, HALTED);
  const { cluster, chat } = fixture;
  await until(() => chat.isOnline, "the first connection");
  using _ = later(5_000);
  assertEquals((await chat.say("once", { room: "lobby" })).seq, 1);
  assertEquals(cluster.at(1).sent("NICK").length, 1);
});

Deno.test("ReconnectingChat.say: rejects where the client has just come to a server that is halted: all may be", async () => {
  await using fixture = await setUp(2, {}, HALTED);
  const { chat } = fixture;
  await until(() => chat.isOnline, "the first connection");
  const error = await assertRejects(() => chat.say("once", { room: "lobby" }), RequestError);
  assertEquals([error.code, error.reason, chat.isOnline], ["busy", "cluster-halted", true]);
});

Deno.test("ReconnectingChat.say: rejects where it is not known whether the server has a message, and there is no other one", async () => {
  for (const options of [{ size: 1 }, { size: 2, isStaying: true }]) {
    const { isStaying = false, size } = options;
    await using fixture = await setUp(size, isStaying ? { peers: false } : {});
    const { chat } = fixture;
    await until(() => chat.isOnline, "the first connection");
    const error = await assertRejects(() => chat.say("once", { room: "lobby" }), RequestError);
    assertEquals([error.code, error.reason, chat.isOnline], ["busy", "outcome-unknown", true]);
  }
});

Deno.test("ReconnectingChat.say: rejects a private message whose outcome is not known", async () => {
  await using fixture = await setUp(2);
  const { chat } = fixture;
  await until(() => chat.isOnline, "the first connection");
  const to = chat.client.chat.nick ?? "";
  const error = await assertRejects(() => chat.say("psst", { to }), RequestError);
  assertEquals([error.reason ?? error.code, chat.isOnline], ["outcome-unknown", true]);
});
