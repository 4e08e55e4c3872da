import { assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { TestClient } from "../helpers/clients.ts";
import { type Json } from "../helpers/protocol2_peer.ts";
import { Protocol2ScriptedServer } from "../helpers/protocol2_scripted_server.ts";

/** What a client lists whose server gives these answers, and what it asks for. */
async function listed(features: readonly string[], answers: readonly Json[]) {
  const asked: unknown[] = [];
  await using server = new Protocol2ScriptedServer({
    hello: { features },
    main: async (peer) => {
      for (const answer of answers) {
        const { id, ...fields } = await peer.expect("ROOM");
        asked.push(fields);
        await peer.send("DONE", { id, ...answer });
      }
      await peer.read();
    },
  });
  await using client = await TestClient.connect(server.port, { protocol: 2 });
  const rooms = (await client.client.chat.rooms()).map(({ room }) => room);
  await client.client.quit();
  return { rooms, asked };
}

const room = (name: string, members = 0): Json => ({ room: name, members, seq: 1 });

Deno.test("Chat.rooms: asks a server without the feature rooms as ever", async () => {
  const { rooms, asked } = await listed(["chat"], [{ rooms: [room("b", 1), room("a", 2)] }]);
  assertEquals([rooms, asked], [["a", "b"], [{}]]);
});

Deno.test("Chat.rooms: asks for the pages behind the last name", async () => {
  const { rooms, asked } = await listed(["chat", "rooms"], [
    { rooms: [room("a"), room("b", 1)], more: true },
    { rooms: [room("c", 2)], more: true },
    { rooms: [] },
  ]);
  assertEquals(rooms, ["c", "b", "a"]);
  assertEquals(asked, [{ after: "" }, { after: "b" }, { after: "c" }]);
});

Deno.test("Chat.rooms: asks no more of a server whose pages do not go on", async () => {
  const { rooms, asked } = await listed(["chat", "rooms"], [
    { rooms: [room("b")], more: true },
    { rooms: [room("a")], more: true },
  ]);
  assertEquals([rooms, asked.length], [["a", "b"], 2]);
});

Deno.test("Chat.rooms: takes a malformed page for a violation of the protocol", async () => {
  const answer = { rooms: [room("a")], more: "yes" };
  await assertRejects(() => listed(["chat", "rooms"], [answer]), ProtocolError);
});
