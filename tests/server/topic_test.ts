import { assert, assertEquals } from "@std/assert";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";

Deno.test("TOPC: sets the topic, which JOIN, ROOM and TOPC tell", async () => {
  await using server = await startServer();
  using ana = await Protocol2Peer.connect(server.port);
  using bob = await Protocol2Peer.connect(server.port);
  await ana.request("JOIN", { room: "ops" });
  assertEquals((await ana.request("TOPC", { room: "ops" })).topic, undefined);
  const { topic } = await ana.request("TOPC", { room: "ops", text: "on\u202e call" });
  assertEquals((topic as { text: string }).text, "on call");
  assertEquals((await bob.request("JOIN", { room: "ops" })).topic, topic);
  assertEquals((await bob.request("TOPC", { room: "ops" })).topic, topic);
  const { rooms } = await bob.request("ROOM", { after: "lobby" });
  assertEquals(rooms, [{ room: "ops", members: 2, seq: 0, topic: "on call" }]);
  await bob.request("TOPC", { room: "ops", text: "" });
  const event = await ana.event(({ event, text }) => event === "topic" && text === "");
  assertEquals([event.room, event.from], ["ops", "guest-2"]);
  assertEquals((await ana.request("JOIN", { room: "ops" })).topic, undefined);
});

Deno.test("TOPC: is refused for a room that the client is not in, and for a client that is not present", async () => {
  await using server = await startServer();
  using ana = await Protocol2Peer.connect(server.port);
  using mover = await Protocol2Peer.connect(server.port, { present: false });
  for (const fields of [{ room: "ops" }, { room: "ops", text: "x" }]) {
    assertEquals(await ana.fail(await ana.ask("TOPC", fields)), "denied");
  }
  assertEquals(await mover.fail(await mover.ask("TOPC", { room: "lobby", text: "x" })), "denied");
  assertEquals((await ana.request("TOPC", { room: "lobby" })).topic, undefined);
});

Deno.test("TOPC, AWAY: count as messages for the rate limit, but to ask for a topic does not", async () => {
  await using server = await startServer({ chatPerSecond: 0.001 });
  using ana = await Protocol2Peer.connect(server.port);
  for (let i = 0; i < 10; i++) {
    await ana.request("TOPC", { room: "lobby", text: `${i}` });
    await ana.request("AWAY", { text: `${i}` });
  }
  for (const [type, fields] of [["TOPC", { room: "lobby", text: "x" }], ["AWAY", {}]] as const) {
    await ana.ask(type, fields);
    const { code, retryAfter } = await ana.expect("FAIL");
    assertEquals([code, Number(retryAfter) > 0], ["rate-limited", true]);
  }
  const { topic } = await ana.request("TOPC", { room: "lobby" });
  assertEquals((topic as { text: string }).text, "9");
});

Deno.test("AWAY: is told by WHOS and by the answer to a private message, until the client is back", async () => {
  await using server = await startServer();
  using ana = await Protocol2Peer.connect(server.port);
  using bob = await Protocol2Peer.connect(server.port);
  const asked = async () => {
    const { members } = await bob.request("WHOS");
    const { away } = await bob.request("SEND", { to: "guest-1", text: "hi" });
    return [(members as { away?: string }[]).map(({ away }) => away), away];
  };
  await ana.request("AWAY", { text: "at\u200b lunch" });
  assertEquals(await asked(), [["at lunch", undefined], "at lunch"]);
  assert((await ana.request("AWAY")).text === undefined);
  assertEquals(await asked(), [[undefined, undefined], undefined]);
});
