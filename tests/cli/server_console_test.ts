import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  completeConsoleLine,
  runAdminLine,
  runConsoleLine,
} from "../../lib/cli/server/server_console.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { TestClient } from "../helpers/clients.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { textOf } from "../helpers/raw_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";

const ADMIN = { locale: makeLocale("en"), client: 1 };
const type = (server: TestServer, line: string) =>
  runConsoleLine(server.server, line, makeLocale("en"));

Deno.test("console: sends a line to every client", async () => {
  await using server = await startServer();
  using first = await server.connect();
  using second = await server.connect();
  await server.waitFor("connected", ({ client }) => client === 2);
  assertEquals(await type(server, "hello  everybody"), { lines: [] });
  for (const peer of [first, second]) {
    assertEquals(textOf(await peer.expect("CHAT")), "[SERVER]: hello  everybody");
  }
});

Deno.test("console: splits a line that is too long for a message", async () => {
  await using server = await startServer();
  using peer = await server.connect();
  await server.waitFor("connected");
  await type(server, "ã".repeat(3000));
  const texts = [await peer.expect("CHAT"), await peer.expect("CHAT")].map(textOf);
  const said = texts.map((text) => text.replace("[SERVER]: ", ""));
  assertEquals(said.join(""), "ã".repeat(3000));
});

Deno.test("console: removes control characters from a line", async () => {
  await using server = await startServer();
  using peer = await server.connect();
  await server.waitFor("connected");
  await type(server, "a\x1b[31mb\u202ec");
  assertEquals(textOf(await peer.expect("CHAT")), "[SERVER]: a[31mbc");
});

for (const line of ["", "   ", "\t"]) {
  Deno.test(`console: ignores the line ${JSON.stringify(line)}`, async () => {
    await using server = await startServer();
    using peer = await server.connect();
    await server.waitFor("connected");
    assertEquals(await type(server, line), { lines: [] });
    await type(server, "marker");
    assertEquals(textOf(await peer.expect("CHAT")), "[SERVER]: marker");
  });
}

for (const line of ["quit", " QUIT ", "/quit", "/Quit", "sair"]) {
  Deno.test(`console quit: stops the server, typed as ${JSON.stringify(line)}`, async () => {
    await using server = await startServer();
    assertEquals(await type(server, line), { lines: [], stop: true });
  });
}

Deno.test("console: sends a line that only begins with quit", async () => {
  await using server = await startServer();
  assertEquals(await type(server, "quite so"), { lines: [] });
});

Deno.test("completeConsoleLine: offers nothing for messages, unknown commands and unknown nicks", async () => {
  await using server = await startServer();
  const complete = (line: string) => completeConsoleLine(server.server, line);
  assertEquals(complete("hello /w"), [[], "hello /w"]);
  assertEquals(complete("/nothing x"), [[], "x"]);
  assertEquals(complete("/kick nobody"), [[], "nobody"]);
});

Deno.test("console /who: lists the clients with number, nick, address and time", async () => {
  await using server = await startServer();
  assertEquals((await type(server, "/who")).lines, ["no clients"]);
  using _peer = await server.connect();
  await server.waitFor("connected");
  const { lines } = await type(server, "/who");
  assertEquals(lines.length, 1);
  assertMatch(lines[0]!, /^1 {2}guest-1 {2}127\.0\.0\.1 {2}since \d\d:\d\d:\d\d$/);
});

Deno.test("console /files: lists all files with their sizes, in order", async () => {
  await using server = await startServer({}, {
    "b.txt": "12345",
    "folder/a.bin": new Uint8Array(2_500_000),
    "a.txt": "",
  });
  const { lines } = await type(server, "/files");
  assertEquals(lines, ["a.txt  0 B", "b.txt  5 B", "folder/a.bin  2.5 MB"]);
});

Deno.test("console /files: says if there are no files", async () => {
  await using server = await startServer();
  assertEquals((await type(server, "/files")).lines, ["no files"]);
});

Deno.test("console /files: lists at most 1,000 files, and says that there are more", async () => {
  const names = Array.from({ length: 1_001 }, (_, i) => `${i}.txt`);
  await using server = await startServer({}, Object.fromEntries(names.map((name) => [name, ""])));
  const { lines } = await type(server, "/files");
  assertEquals(lines.length, 1_001);
  assertEquals(lines.at(-1), "only the first 1000 files are shown");
});

Deno.test({
  name: "console /files: omits names that clients may not request, and removes control characters",
  ignore: Deno.build.os === "windows", // Windows allows no such names
  async fn() {
    await using server = await startServer({}, { "a\x1b[2J": "", "b\u202ec.txt": "" });
    assertEquals((await type(server, "/files")).lines, ["bc.txt  0 B"]);
  },
});

Deno.test("console /stats: shows the counts so far", async () => {
  await using server = await startServer({}, { "a.txt": "12345" });
  using peer = await server.connect();
  await peer.sendFrame("FILE", "a.txt");
  await server.waitFor("download");
  await peer.sendFrame("FILE", "missing");
  await server.waitFor("refused");
  await peer.sendFrame("CHAT", "hello");
  await server.waitFor("chat");
  const { lines } = await type(server, "/stats");
  assertEquals(lines.length, 1);
  const [uptime, ...figures] = lines[0]!.split(" · ");
  assertMatch(uptime!, /^up \d+s$/);
  assertEquals(figures.slice(0, 7), [
    "1 client (1 connection in all), 1 room",
    "sent 1 file, 5 B",
    "received 0 files, 0 B",
    "0 transfers under way",
    "0 B of unfinished uploads",
    "1 message",
    "1 refusal (not-found 1)",
  ]);
  assertMatch(
    figures.slice(7).join(" · "),
    /^\d threads? busy, \d requests? waiting · \d+ B queued · [\d.]+ \S?B memory · event loop at most \d+ ms late$/,
  );
});

Deno.test("console /kick: sends the reason to the client, and closes the connection", async () => {
  await using server = await startServer();
  using peer = await server.connect();
  await server.waitFor("connected");
  const { lines } = await type(server, "/kick 1 too loud\u202e");
  assertEquals(lines, ["client 1 (guest-1) was removed"]);
  assertEquals(textOf(await peer.expect("CHAT")), "[SERVER]: You were removed: too loud");
  await peer.ended();
  assertEquals((await server.waitFor("disconnected")).reason, "kicked");
});

Deno.test("console /kick: accepts a nick, and needs no reason", async () => {
  await using server = await startServer();
  using peer = await server.connect();
  await server.waitFor("connected");
  assertEquals((await type(server, "/kick guest-1")).lines, ["client 1 (guest-1) was removed"]);
  assertEquals(textOf(await peer.expect("CHAT")), "[SERVER]: You were removed");
});

Deno.test("console: reports an unknown client with the one that was meant, and a missing argument", async () => {
  await using server = await startServer();
  await using guest = await TestClient.connect(server.port, { protocol: 2 });
  await guest.client.chat.setNick("guest-bruno");
  const missing = "no client bruno. Did you mean guest-bruno?";
  assertEquals((await type(server, "/kick bruno")).lines, [missing]);
  assertEquals((await type(server, "/kick 7")).lines, ["no client 7"]);
  assertEquals((await type(server, "/kick")).lines, ["Usage: /kick CLIENT [REASON]"]);
  const { lines } = await type(server, "/ban bruno");
  assertEquals(lines.slice(1), [missing]);
  const unban = "brumo is not banned. Did you mean bruno?";
  assertEquals((await type(server, "/unban brumo")).lines, [unban]);
  await type(server, "/ban 192.0.2.1");
  assertEquals((await type(server, "/unban 192.0.2.2")).lines, ["192.0.2.2 is not banned"]);
});

Deno.test("console: refuses an unknown command, and suggests the closest name", async () => {
  await using server = await startServer();
  using peer = await server.connect();
  await server.waitFor("connected");
  const { lines } = await type(server, "/kcik 1");
  assertEquals(lines, ["Unknown command: /kcik. Did you mean /kick?"]);
  const unknown = await type(server, "/xyzzy");
  assertEquals(unknown.lines, ["Unknown command: /xyzzy. /help lists the commands."]);
  const meant = await type(server, "/quem");
  assertEquals(meant.lines, ["Unknown command: /quem. Did you mean /who?"]);
  for (const name of ["/constructor", "/toString"]) {
    assert((await type(server, name)).lines[0]!.startsWith("Unknown command"));
  }
  await type(server, "marker");
  assertEquals(textOf(await peer.expect("CHAT")), "[SERVER]: marker");
});

for (const network of ["127.0.*", "127.0.0.0/8"]) {
  Deno.test(`console /ban ${network}: bans the network, and kicks its clients`, async () => {
    await using server = await startServer();
    using peer = await server.connect();
    await server.waitFor("connected");
    const { lines } = await type(server, `/ban ${network} 1day flood`);
    assertMatch(lines[0]!, /^127\.0\.0\.0\/\d+ is banned until /);
    assertEquals(lines.length, 2);
    await peer.ended();
    using second = await server.connect();
    await second.ended();
    assertEquals(server.server.bans()[0]!.reason, "flood");
  });
}

const NOT_BANNABLE: Array<[line: string, text: string]> = [
  ["/ban 10.1", "10.1 is no address"],
  ["/ban 10.1.*.3", "10.1.*.3 is no address"],
  ["/ban 300.1.1.1", "300.1.1.1 is no address"],
  ["/ban 10.0.0.0/33", "10.0.0.0/33 is no address"],
  ["/ban 7", "7 is no address"],
  ["/ban bob 30", "30 is no duration"],
  ["/ban bob 1month", "1month is no duration"],
  ["/ban bob 1 day", "1 is no duration"],
];

for (const [line, text] of NOT_BANNABLE) {
  Deno.test(`console ${line}: bans nothing, and says why`, async () => {
    await using server = await startServer();
    const { lines } = await type(server, line);
    assert(lines.length === 1 && lines[0]!.startsWith(text), lines.join());
    assertEquals(server.server.bans(), []);
  });
}

Deno.test("console /topic: sets and removes the topic of a room, which /rooms shows", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  await peer.request("JOIN", { room: "ops" });
  assertEquals(await type(server, "/topic #OPS on\x1b[1m call"), {
    lines: ["Topic of #ops: on[1m call"],
  });
  assertEquals((await peer.event(({ event }) => event === "topic")).from, "SERVER");
  const { lines } = await type(server, "/rooms");
  assertEquals(lines, [
    "#lobby: 1 client, no messages",
    "#ops: 1 client, no messages: on[1m call",
  ]);
  assertEquals(await type(server, '/topic ops "all of it"'), {
    lines: ["Topic of #ops: all of it"],
  });
  assertEquals(await type(server, "/topic ops"), { lines: ["#ops has no topic"] });
  assertEquals(await type(server, "/topic nowhere x"), { lines: ["Nobody is in this room"] });
  assertEquals(await type(server, "/topic"), { lines: ["Usage: /topic #ROOM [TEXT]"] });
  assertEquals(await type(server, `/topic ops ${"x".repeat(513)}`), {
    lines: ["The text is longer than 512 bytes"],
  });
});

Deno.test("console /rooms, /say: know empty rooms that have messages", async () => {
  await using server = await startServer();
  using peer = await Protocol2Peer.connect(server.port);
  await peer.request("JOIN", { room: "ops" });
  await peer.request("SEND", { room: "ops", text: "x" });
  await peer.request("PART", { room: "ops" });
  assertEquals(await type(server, "/say #OPS hello"), { lines: [] });
  assertEquals(await type(server, "/rooms"), {
    lines: ["#lobby: 1 client, no messages", "#ops: 0 clients, 2 messages"],
  });
});

Deno.test("console /help: lists to an admin what the client has not got of its own", async () => {
  await using server = await startServer();
  const { lines: [help = ""] } = await runAdminLine(server.server, " /HELP", ADMIN);
  const names = help.split(" · ").map((usage) => usage.split(" ")[0]).join(" ");
  assertEquals(names, "/say /topic /who /files /stats /cluster /limit /kick /ban /unban");
  assertEquals(await runAdminLine(server.server, "/rooms", ADMIN), {
    lines: ["no rooms"],
  });
});

Deno.test("console /limit: sets and shows the limits of file data, in all and for each client", async () => {
  await using server = await startServer();
  const none = "file data have no limit";
  const both = "at most 2 MB/s of file data in all, at most 500 kB/s for each client";
  assertEquals(await type(server, "/limit"), { lines: [none] });
  await type(server, "/limit 2M");
  assertEquals(await type(server, "/limit CLIENT 500k"), { lines: [both] });
  assertEquals(await type(server, "/limit"), { lines: [both] });
  assertStringIncludes((await type(server, "/stats")).lines[0]!, `${both}, 0 s waited for that`);
  assertEquals(server.server.rateLimits, { total: 2_000_000, perClient: 500_000 });
  for (const wrong of ["16K", "much", "client", "client x", "2M 3M", "client 2M 3M"]) {
    const usage = "Usage: /limit [client] RATE|off; at least 16KiB a second, such as 2M";
    assertEquals(await type(server, `/limit ${wrong}`), { lines: [usage] }, wrong);
  }
  assertEquals(await type(server, "/limit client off"), {
    lines: ["at most 2 MB/s of file data in all"],
  });
  assertEquals(await type(server, "/limit off"), { lines: [none] });
  assert(!(await type(server, "/stats")).lines[0]!.includes("waited"));
});
