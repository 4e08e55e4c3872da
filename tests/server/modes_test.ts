import { assertEquals } from "@std/assert";
import { describeFailure } from "../../lib/protocol/errors.ts";
import { textOf } from "../helpers/raw_peer.ts";
import { startServer } from "../helpers/servers.ts";

Deno.test("CHAT: is refused once without chat, and reaches no client", async () => {
  await using server = await startServer({ chat: false }, { "a.txt": "a" });
  using first = await server.connect();
  using second = await server.connect();
  await server.waitFor("connected", ({ client }) => client === 2);
  await first.sendFrame("CHAT", "one");
  await first.sendFrame("CHAT", "two");
  const notice = textOf(await first.expect("CHAT"));
  assertEquals(notice, `[SERVER]: ${describeFailure("unsupported", "en")}`);
  for (const peer of [first, second]) {
    await peer.sendFrame("FILE", "a.txt");
    const types = (await peer.readUntil("FDAT")).map(({ type }) => type);
    assertEquals(types, ["FROK", "FMTA", "FHSH", "FDAT"]);
  }
  assertEquals(server.eventsOf("chat"), []);
  assertEquals(server.eventsOf("refused").length, 1);
});

Deno.test("Server.announce: sends nothing without chat", async () => {
  await using server = await startServer({ chat: false }, { "a.txt": "a" });
  using peer = await server.connect();
  await server.waitFor("connected");
  server.server.announce("hello");
  await peer.sendFrame("FILE", "a.txt");
  assertEquals((await peer.readUntil("FDAT")).some(({ type }) => type === "CHAT"), false);
});

Deno.test("FILE: is refused without files, and chat works", async () => {
  await using server = await startServer({ files: false }, { "a.txt": "a" });
  using first = await server.connect();
  using second = await server.connect();
  await server.waitFor("connected", ({ client }) => client === 2);
  await first.sendFrame("FILE", "a.txt");
  assertEquals(textOf(await first.expect("FERR")), describeFailure("unsupported", "en"));
  await first.sendFrame("CHAT", "hello");
  assertEquals(textOf(await second.expect("CHAT")), "[guest-1]: hello");
  assertEquals((await server.waitFor("refused")).code, "unsupported");
});

Deno.test("server: does not index large files without files", async () => {
  await using server = await startServer({ files: false }, { "a.bin": new Uint8Array(2 ** 21) });
  using peer = await server.connect();
  await peer.sendFrame("CHAT", "hello");
  await server.waitFor("chat");
  assertEquals(server.server.gauges(0).workersBusy, 0);
});

Deno.test("CHAT: reaches other clients beyond the burst if chatPerSecond is 0", async () => {
  await using server = await startServer({ chatPerSecond: 0 });
  using peer = await server.connect();
  for (let i = 1; i <= 100; i++) await peer.sendFrame("CHAT", `message ${i}`);
  await server.waitFor("chat", ({ text }) => text === "message 100");
  assertEquals(server.eventsOf("chat").length, 100);
  assertEquals(server.eventsOf("refused"), []);
});

Deno.test("CHAT: is dropped beyond the limit, with a single notice to the sender", async () => {
  await using server = await startServer({ chatPerSecond: 1 });
  using peer = await server.connect();
  for (let i = 1; i <= 30; i++) await peer.sendFrame("CHAT", `message ${i}`);
  await peer.sendFrame("FILE", "marker");
  const frames = await peer.readUntil("FERR");
  const notices = frames.filter(({ type }) => type === "CHAT").map(textOf);
  assertEquals(notices, [`[SERVER]: ${describeFailure("rate-limited", "en")}`]);
  const said = server.eventsOf("chat").map(({ text }) => text);
  assertEquals(said.slice(0, 20), Array.from({ length: 20 }, (_, i) => `message ${i + 1}`));
  assertEquals(said.length < 30, true);
});
