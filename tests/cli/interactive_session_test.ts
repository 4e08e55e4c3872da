import { assertEquals, assertStringIncludes } from "@std/assert";
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { display } from "../../lib/protocol/text.ts";
import { TestClient } from "../helpers/clients.ts";
import { FrameCutter } from "../helpers/frame_cutter.ts";
import { startSession, startSessionThrough } from "../helpers/interactive_fixture.ts";
import { until } from "../helpers/serves_on.ts";

/** A file that is under way long enough to be cancelled. */
const LARGE_BYTES = 32 * 1024 * 1024;

Deno.test("part: removes the nicks of the room from the completions", async () => {
  await using fixture = await startSession();
  const { server, screen, input, output } = fixture;
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  await ana.client.chat.setNick("ana");
  const isInLobby = () => screen.roster.nicksIn("lobby").includes("ana");
  await until(isInLobby, "ana in the lobby");
  await ana.client.chat.join("garden");
  await ana.client.chat.part("lobby");
  await input.enter("join garden");
  await until(() => output.out.includes("#garden"), "the garden");
  await until(() => !isInLobby(), "ana to leave the lobby");
  const [words, last]: readonly [string[], string] = await input.complete("msg a");
  assertEquals([words, last], [["ana"], "a"]);
  await input.enter("part garden");
  await until(() => output.out.includes("You left #garden"), "the lobby");
  assertEquals(await input.complete("msg a"), [[], "a"]);
});

Deno.test("get: fetches a file by the number of its announcement, the same in every session", async () => {
  await using fixture = await startSession({ uploads: true });
  const { server, input, output, folder } = fixture;
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  await ana.client.chat.say("one", { room: "lobby" });
  await ana.client.upload(folder.write("odd [1].txt", "old"), {
    path: "odd [1].txt",
    room: "lobby",
  });
  await until(() => output.out.includes("shared 2: odd [1].txt"), "the announcement");
  server.root.write("odd [1].txt", "replaced");
  await input.enter(`get 2 -o ${folder.path}/got`);
  await until(() => output.out.includes("has changed since it was shared"), "the note");
  assertEquals(Deno.readTextFileSync(`${folder.path}/got/odd [1].txt`), "replaced");
});

Deno.test("get: fetches a file that is named like a number", async () => {
  await using fixture = await startSession({ uploads: true });
  const { server, input, output, folder } = fixture;
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  await ana.client.upload(folder.write("other", "x"), { path: "other", room: "lobby" });
  server.root.write("7", "seven");
  server.root.write("1", "one");
  await input.enter(`get 7 -o ${folder.path}/got`);
  await input.enter(`get "1" -o ${folder.path}/got`);
  await until(() => output.out.match(/verified/g)?.length === 2, "both");
  assertEquals(folder.list("got"), ["1", "7"]);
});

Deno.test({
  name: "ls: names what the server leaves out",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using fixture = await startSession();
    fixture.server.root.write("f/a\\b", "");
    await fixture.input.enter("ls f");
    const text = "f/a\\b: left out: the name is not allowed";
    await until(() => fixture.output.out.includes(text), "the name");
  },
});

Deno.test("get, put: replace nothing that the same command made", async () => {
  await using fixture = await startSession({ uploads: true });
  const { server, input, output, folder } = fixture;
  server.root.write("a/x", "first");
  server.root.write("b/x", "second");
  folder.write("got/x", "old");
  await input.enter(`get a/x b/x -o ${folder.path}/got --replace`);
  await until(() => output.out.includes("b/x: The same command has put another"), "the failure");
  assertEquals(Deno.readTextFileSync(folder.join("got/x")), "first");
  server.root.write("y", "old");
  folder.write("a/y", "first");
  folder.write("b/y", "second");
  await input.enter(`put ${folder.path}/a/y ${folder.path}/b/y --replace`);
  await until(() => output.out.includes("y: The same command has put another"), "the failure");
  assertEquals(Deno.readTextFileSync(server.root.join("y")), "first");
});

Deno.test("cancel: ends a put of several paths, and announces nothing of it", async () => {
  await using fixture = await startSession({ uploads: true });
  const { server, input, output, folder, leave } = fixture;
  folder.write("large", new Uint8Array(LARGE_BYTES));
  folder.write("many/1", "1");
  folder.write("last", "last");
  await input.enter(`put ${folder.path}/large ${folder.path}/many ${folder.path}/last`);
  await input.enter("cancel");
  await leave();
  assertStringIncludes(output.out, "Cancelled. The same command");
  assertEquals(server.root.list(), []);
  assertEquals(server.eventsOf("chat"), []);
});

Deno.test("cancel: ends a get of a folder before it makes the folder", async () => {
  await using fixture = await startSession();
  const { server, input, folder, leave } = fixture;
  server.root.write("many/1", "1");
  await input.enter(`get many -o ${folder.path}/got`);
  await input.enter("cancel");
  await leave();
  assertEquals(folder.list(), []);
});

Deno.test("put: announces a folder as one message, and once where the connection is lost at it", async () => {
  const cutter = new FrameCutter();
  await using fixture = await startSessionThrough([cutter.tap], { uploads: true });
  const { server, input, output, folder, leave } = fixture;
  for (const place of ["before", "after"] as const) {
    for (const name of ["1", "2"]) folder.write(`${place}/${name}`, name);
    cutter.cutOnce({ type: "SEND", direction: "up" }, { place, how: "reset" });
    await input.enter(`put ${folder.path}/${place}`);
    await until(() => output.out.includes(`${place}: 2 files sent, 2 B, SHA-256 verified`), "all");
    await until(() => server.eventsOf("chat").some(({ text }) => text.includes(place)), "the word");
  }
  await leave(); // Once the answers are there
  assertEquals(server.eventsOf("chat").map(({ text }) => text), [
    "shared the folder before (2 files, 2 B); get before fetches it",
    "shared the folder after (2 files, 2 B); get after fetches it",
  ]);
});

Deno.test("ignore: hides the messages of a nick until it is repeated, also under another nick", async () => {
  await using fixture = await startSession();
  const { server, input, output } = fixture;
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  await ana.client.chat.setNick("ana");
  await input.enter("ignore ANA");
  await until(() => output.out.includes("are hidden"), "the answer");
  await ana.client.chat.say("unwanted 1", { room: "lobby" });
  await ana.client.chat.setNick("bia");
  await ana.client.chat.say("unwanted 2", { room: "lobby" });
  await input.enter("ignore");
  await until(() => output.out.includes("Hidden: bia"), "the list");
  await input.enter("ignore bia");
  await until(() => output.out.includes("are shown again"), "the answer");
  await ana.client.chat.say("wanted", { room: "lobby" });
  await until(() => output.out.includes("[bia]: wanted"), "the message");
  assertEquals(output.out.includes("unwanted"), false);
});

Deno.test("whois, message, ignore: say if there is none of that nick, and which one was meant", async () => {
  await using fixture = await startSession();
  const { server, input, output } = fixture;
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  await ana.client.chat.setNick("ana");
  await until(() => fixture.screen.roster.nicksIn("lobby").includes("ana"), "ana");
  await input.enter("whois ANA");
  await until(() => /^ana: here since .*, in #lobby$/m.test(output.out), "the answer");
  await input.enter("whois ghost");
  await until(() => output.out.includes("No client has the nick ghost"), "the refusal");
  await ana.client.chat.setNick("guest-ana");
  await until(() => fixture.screen.roster.nicksIn("lobby").includes("guest-ana"), "the guest");
  for (const line of ["whois ana", "msg ana hi", "ignore Ann"]) await input.enter(line);
  const meant = /(?:the nick ana|has this nick|the nick Ann)\. Did you mean guest-ana\?/g;
  await until(() => output.out.match(meant)?.length === 3, "the nick that was meant");
});

Deno.test("topic: sets, shows and removes the topic, of the room that is shown or of another one", async () => {
  await using fixture = await startSession();
  const { server, input, output } = fixture;
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  const typed = async (line: string, answer: string) => {
    await input.enter(line);
    await until(() => output.out.includes(answer), answer);
  };
  await typed("TOPIC", "#lobby has no topic");
  await typed("topic it's friday", "* guest-1 set the topic: it's friday");
  await typed('/Assunto "all of it"', "* guest-1 set the topic: all of it");
  await typed("join #Ops", "You are now in #ops");
  await typed("topic #LOBBY quiet please", "* guest-1 set the topic: quiet please");
  await typed("topic #1 priority", "#ops * guest-1 set the topic: #1 priority");
  await typed("topic", "Topic of #ops: #1 priority (guest-1, ");
  await typed('topic ""', "#ops * guest-1 removed the topic");
  assertEquals((await ana.client.chat.topic("lobby"))?.text, "quiet please");
  await typed("rooms", "#lobby: 2 clients, no messages: quiet please");
});

Deno.test("away: is shown by who and whois, and once for each text to who writes privately", async () => {
  await using fixture = await startSession();
  const { server, input, output } = fixture;
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  await ana.client.chat.setNick("ana");
  const typed = async (line: string, answer: string) => {
    await input.enter(line);
    await until(() => output.out.includes(answer), answer);
  };
  await typed("away at lunch", "You are away: at lunch. back ends it.");
  assertEquals((await ana.client.chat.say("hi", { to: "guest-1" })).away, "at lunch");
  await typed("back", "You are back.");
  assertEquals((await ana.client.chat.say("hi", { to: "guest-1" })).away, undefined);
  const notes = () => output.out.match(/ana is away: .*/gi) ?? [];
  for (const text of ["asleep", "asleep", "on leave", null, "on leave"]) {
    await ana.client.chat.setAway(text);
    await input.enter("msg Ana hello");
    await typed(`chat ${text} done`, "");
    await typed("who", "");
  }
  await typed("whois ana", ", in #lobby, away: on leave");
  assertEquals(notes(), ["Ana is away: asleep", "Ana is away: on leave", "Ana is away: on leave"]);
  assertEquals(/ana, since \d.*, away: asleep/.test(output.out), true);
});

Deno.test("topic, who: name another room, and say so where the client is not in it", async () => {
  await using fixture = await startSession();
  const { server, input, output } = fixture;
  await using ana = await TestClient.connect(server.port, { protocol: 2 });
  await ana.client.chat.setNick("ana");
  await ana.client.chat.join("math");
  const typed = async (line: string, answer: RegExp) => {
    const before = output.out.length;
    await input.enter(line);
    await until(() => answer.test(output.out.slice(before)), String(answer));
  };
  const refused = /You are not in this room/;
  await typed("topic #math pi", refused);
  await typed("topic #Math", refused);
  await typed("who math", refused);
  await typed("who #nowhere", refused);
  assertEquals(await ana.client.chat.topic("math"), null);
  await typed("topic #physics is no room", /set the topic: #physics is no room/);
  await typed("join math", /You are now in #math/);
  await typed("who lobby", /guest-1/);
  await typed("who #MATH", /ana/);
  await typed('topic "#math pi"', /#math \* guest-1 set the topic: #math pi/);
  await typed("topic #lobby tea", /guest-1 set the topic: tea/);
});

Deno.test("ChatScreen.describePlace: has no brackets where there is no room", async () => {
  await using fixture = await startSession();
  const { screen } = fixture;
  assertEquals(screen.describePlace(true, display`> `), display`[lobby] > `);
  screen.show(null);
  assertEquals(screen.describePlace(true, display`> `), display`> `);
  assertEquals(screen.describePlace(false, display`> `), display`[-] > `);
});

Deno.test("ChatScreen: waits for the only server until it is back", async () => {
  await using fixture = await startSession();
  const { screen, output } = fixture;
  const error = new ConnectionError("lost", "The connection is gone");
  screen.onUpdate({ kind: "offline", error, retryMs: 1_000 });
  await until(() => output.out.includes("Reconnecting until it is back; quit leaves."), "the text");
});

Deno.test("limit: paces a transfer under way, is shown, and is taken back", async () => {
  await using fixture = await startSession({}, { "a.bin": new Uint8Array(4_000_000) });
  const { input, output, folder } = fixture;
  const count = (text: string) => output.out.split(text).length - 1;
  await input.enter("limit");
  await until(() => count("File data: no limit") === 1, "no limit");
  await input.enter("limit 16KiB");
  await until(() => count("File data: at most 16.4 kB/s, each way") === 1, "the limit");
  await input.enter(`get a.bin -o ${folder.path}/got`);
  await input.enter("limite");
  await until(() => count("File data: at most 16.4 kB/s, each way") === 2, "the limit again");
  for (const wrong of ["16K", "much", "1M 2M"]) await input.enter(`limit ${wrong}`);
  await until(() => count("Usage: limit [RATE|off]") === 3, "the usage");
  assertEquals(count("verified"), 0);
  await input.enter("limit off");
  await until(() => count("verified") === 1, "the file");
});
