import { assertEquals } from "@std/assert";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";

Deno.test("hostile: topics and texts of AWAY beyond 512 bytes are refused, and the connection lives on", async () => {
  await using server = await startServer({ chatPerSecond: 0 });
  using peer = await Protocol2Peer.connect(server.port);
  const set = async (type: string, text: string) => {
    const id = await peer.ask(type, type === "TOPC" ? { room: "lobby", text } : { text });
    for (;;) {
      const message = await peer.read();
      if (message?.json.id === id) return message.json.reason ?? message.type;
    }
  };
  for (const type of ["TOPC", "AWAY"]) {
    assertEquals(await set(type, "x".repeat(511)), "DONE");
    assertEquals(await set(type, "\u{1f600}".repeat(128)), "DONE");
    assertEquals(await set(type, "x".repeat(513)), "status-long");
    assertEquals(await set(type, "x".repeat(60_000)), "status-long");
    assertEquals(await set(type, "a\nb"), "message-characters");
    assertEquals(await set(type, "\u009b2J"), "message-characters");
  }
  await peer.assertLives();
  using other = await Protocol2Peer.connect(server.port);
  const { topic } = await other.request("TOPC", { room: "lobby" });
  assertEquals((topic as { text: string }).text, "\u{1f600}".repeat(128));
});

Deno.test("hostile: a flood of topics reaches the members only at the rate of messages", async () => {
  await using server = await startServer({ chatPerSecond: 0.001 });
  using flooder = await Protocol2Peer.connect(server.port);
  using member = await Protocol2Peer.connect(server.port);
  await member.request("JOIN", { room: "lobby" });
  const outcomes: string[] = [];
  for (let i = 0; i < 200; i++) await flooder.ask("TOPC", { room: "lobby", text: `topic ${i}` });
  while (outcomes.length < 200) outcomes.push((await flooder.read())?.type ?? "end");
  assertEquals(outcomes.filter((type) => type === "DONE").length, 20);
  const last = await member.event(({ event, text }) => event === "topic" && text === "topic 19");
  assertEquals(last.from, "guest-1");
  await member.assertLives();
  assertEquals(member.events.filter(({ event }) => event === "topic").length <= 20, true);
});
