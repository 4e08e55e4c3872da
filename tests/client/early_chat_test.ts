import { assertEquals } from "@std/assert";
import type { ReceivedEvent } from "../../lib/client/chat.ts";
import { PreHelloLines } from "../../lib/client/pre_hello_lines.ts";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { TestClient } from "../helpers/clients.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { SERVER_HELLO, untilQuit } from "../helpers/protocol2_scripted_server.ts";
import type { RawPeer } from "../helpers/raw_peer.ts";

/** Sends the chat of the lobby before HELO is read, when the server knows only protocol 1. */
async function sendEarlyChat(peer: RawPeer): Promise<void> {
  await peer.sendFrame("CHAT", "[ana]: early");
  await peer.sendFrame("CHAT", "[SERVER]: welcome");
  await peer.sendFrame("CHAT", "[ana → you]: psst");
}

const EARLY: Json = {
  event: "message",
  seq: 1,
  room: "lobby",
  from: "ana",
  text: "early",
  time: 5,
};

/** A protocol 2 server that sends early chat, and has its message in the history. */
function startLobby(): ScriptedServer {
  return new ScriptedServer(async (raw) => {
    await sendEarlyChat(raw);
    const peer = new Protocol2Peer(raw);
    await peer.expect("HELO");
    await peer.send("HELO", SERVER_HELLO);
    for (let message = await peer.read(); message; message = await peer.read()) {
      const { type, json: { id } } = message;
      if (type === "QUIT") return;
      if (type === "JOIN") await peer.send("DONE", { id, room: "lobby", members: [], seq: 1 });
      if (type === "HIST") await peer.send("DONE", { id, messages: [EARLY] });
    }
  });
}

Deno.test("ReconnectingChat: reports chat from before HELO once, from the history", async () => {
  await using server = startLobby();
  const events: ReceivedEvent[] = [];
  const chat = await ReconnectingChat.start({
    hostname: "127.0.0.1",
    port: server.port,
    onUpdate: (update) => update.kind === "event" && events.push(update.event),
  }, connect);
  assertEquals(events as unknown, [
    EARLY,
    { event: "line", text: "[SERVER]: welcome" }, // Both lines are missing from the history
    { event: "line", text: "[ana → you]: psst" },
  ]);
  await chat.quit();
});

Deno.test("Client: reports chat from before HELO without a history", async () => {
  for (const protocol of [1, 2] as const) {
    await using server = protocol === 2 ? startLobby() : new ScriptedServer(async (peer) => {
      await sendEarlyChat(peer);
      await untilQuit(new Protocol2Peer(peer));
    });
    await using client = await TestClient.connect(server.port, { protocol });
    await client.client.quit();
    assertEquals(client.heard, ["[ana]: early", "[SERVER]: welcome", "[ana → you]: psst"]);
  }
});

Deno.test("PreHelloLines.onMessage: drops a single line for each event, also of a file in either language", () => {
  const lines = new PreHelloLines();
  for (
    const line of [
      "[ana]: ok",
      "[ana]: ok",
      "[bob]: ok",
      "[ana]: here is the file f/a.txt",
      "[ana]: aqui está o arquivo b.txt",
      "[ana]: here is the file c.txt",
    ]
  ) lines.add(line);
  const base = { room: "lobby", time: 1 } as const;
  const file = { event: "file", from: "ana", size: 1, sha256: "00", ...base } as const;
  lines.onMessage({ event: "message", seq: 1, from: "ana", text: "ok", ...base });
  lines.onMessage({ event: "message", seq: 2, from: "ana", text: "other", ...base });
  lines.onMessage({ ...file, seq: 3, path: "f/a.txt" });
  lines.onMessage({ ...file, seq: 4, path: "b.txt" });
  assertEquals(lines.release(), ["[ana]: ok", "[bob]: ok", "[ana]: here is the file c.txt"]);
});
