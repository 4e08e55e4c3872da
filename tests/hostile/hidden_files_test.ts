import { assertEquals } from "@std/assert";
import type { ReceivedEvent } from "../../lib/client/chat.ts";
import type { ChatUpdate } from "../../lib/client/chat_update.ts";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { TestClient } from "../helpers/clients.ts";
import { within } from "../helpers/deadline.ts";
import { OriginalClient } from "../helpers/original_client.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const LOGIN = { user: "alice", password: "correct horse" };
/** Guests put files into a folder that members alone read. */
const RULES = "drop/** write guests\ndrop/** read members\n";

async function folderWithRules(): Promise<TempDir> {
  const folder = new TempDir();
  folder.write("rules", RULES);
  using accounts = new TestAccounts(folder.join("tcp-chat.db"));
  await accounts.store.add(LOGIN.user, LOGIN.password, "member");
  return folder;
}

function brief({ event, seq, path, text }: Json): unknown[] {
  return [event, seq, path ?? text ?? null];
}

Deno.test("file event: reaches those alone that may read the path, and leaves its number to the others", async () => {
  using data = await folderWithRules();
  await using server = await startServer({ dataDirectory: data.path, uploads: true });
  using guest = await Protocol2Peer.connect(server.port);
  await using original = await OriginalClient.connect(server.port);
  const heard: ReceivedEvent[] = [];
  await using _alice = await TestClient.connect(server.port, {
    protocol: 2,
    login: LOGIN,
    onEvent: (event) => heard.push(event),
  });
  await guest.put("drop/plan.txt", "secret", { room: "lobby" });
  await guest.put("open.txt", "known", { room: "lobby" });
  await guest.request("SEND", { room: "lobby", text: "end" });
  await original.waitForChat("[guest-1]: end");

  const seen = [["hidden", 1, null], ["file", 2, "open.txt"], ["message", 3, "end"]];
  const events = guest.events.filter(({ seq }) => seq !== undefined);
  assertEquals(events.map(brief), seen);
  assertEquals(Object.keys(events[0]!).sort(), ["event", "room", "seq", "time"]);
  assertEquals(original.shown, ["[guest-1]: here is the file open.txt", "[guest-1]: end"]);
  const files = heard.filter(({ event }) => event === "file" || event === "hidden");
  assertEquals(files.map((event) => brief(event as unknown as Json)), [
    ["file", 1, "drop/plan.txt"],
    ["file", 2, "open.txt"],
  ]);
  const history = await guest.request("HIST", { room: "lobby" });
  assertEquals((history.messages as Json[]).map(brief), seen);
});

Deno.test({
  name: "file event: is hidden from those that may not read what a link to its folder leads to",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using data = await folderWithRules();
    const options = { dataDirectory: data.path, uploads: true };
    await using server = await startServer(options, { "drop/keep": "" });
    Deno.symlinkSync("drop", server.root.join("public"));
    using guest = await Protocol2Peer.connect(server.port);
    await using original = await OriginalClient.connect(server.port);
    const heard: ReceivedEvent[] = [];
    await using alice = await TestClient.connect(server.port, {
      protocol: 2,
      login: LOGIN,
      onEvent: (event) => heard.push(event),
    });
    await guest.put("public/plan.txt", "secret", { room: "lobby" });
    server.root.write("open/keep", "");
    Deno.removeSync(server.root.join("drop"), { recursive: true });
    Deno.symlinkSync("open", server.root.join("drop"));
    await guest.put("drop/plan.txt", "secret", { room: "lobby" });
    await guest.request("SEND", { room: "lobby", text: "end" });
    await original.waitForChat("[guest-1]: end");

    const events = guest.events.filter(({ seq }) => seq !== undefined);
    const seen = [["hidden", 1, null], ["hidden", 2, null], ["message", 3, "end"]];
    assertEquals(events.map(brief), seen);
    assertEquals(original.shown, ["[guest-1]: end"]);
    const history = await guest.request("HIST", { room: "lobby" });
    assertEquals((history.messages as Json[]).map(brief), seen);
    const kept = await alice.client.chat.history("lobby");
    const live = heard.filter(({ event }) => event === "file");
    for (const entries of [live, kept.slice(0, 2)]) {
      assertEquals(entries.map((event) => brief(event as unknown as Json)), [
        ["file", 1, "public/plan.txt"],
        ["file", 2, "drop/plan.txt"],
      ]);
    }
  },
});

Deno.test({
  name: "file event: never tells what a link leads to",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using server = await startServer({ uploads: true }, { "inner/keep": "" });
    Deno.symlinkSync("inner", server.root.join("public"));
    using guest = await Protocol2Peer.connect(server.port);
    await guest.put("public/a.txt", "a", { room: "lobby" });
    const { messages } = await guest.request("HIST", { room: "lobby" });
    const [kept] = messages as Json[];
    const live = await guest.event(({ event }) => event === "file");
    const keys = ["event", "from", "path", "room", "seq", "sha256", "size", "time"];
    for (const event of [kept!, live]) assertEquals(Object.keys(event).sort(), keys);
  },
});

Deno.test({
  name: "file event: is hidden from clients of protocol 2 that do not take its name",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    await using server = await startServer({ uploads: true });
    using old = await Protocol2Peer.connect(server.port);
    using able = await Protocol2Peer.connect(server.port, { names: true });
    await using original = await OriginalClient.connect(server.port);
    const names = ["what?.txt", "a|b", "aux.c", "dot.", "plain.txt"];
    for (const name of names) await able.put(name, name, { room: "lobby" });
    await able.request("SEND", { room: "lobby", text: "end" });
    await original.waitForChat("[guest-2]: end");
    const expected: Readonly<Record<string, unknown[]>> = {
      old: [null, null, null, null, "plain.txt", "end"],
      able: [...names, "end"],
    };
    for (const [who, peer] of Object.entries({ old, able })) {
      const { messages } = await peer.request("HIST", { room: "lobby" });
      const live = peer.events.filter(({ seq }) => seq !== undefined);
      for (const seen of [live, messages as Json[]]) {
        assertEquals(seen.map(({ path, text }) => path ?? text ?? null), expected[who], who);
        assertEquals(seen.map(({ seq }) => seq), [1, 2, 3, 4, 5, 6]);
      }
    }
    // To a person the line tells the name, whatever the program takes
    assertEquals(original.shown, [
      ...names.map((name) => `[guest-2]: here is the file ${name}`),
      "[guest-2]: end",
    ]);
  },
});

Deno.test("HIST: follows the rules as they are when it is asked for", async () => {
  using data = await folderWithRules();
  await using server = await startServer({ dataDirectory: data.path, uploads: true });
  using guest = await Protocol2Peer.connect(server.port);
  await guest.put("drop/plan.txt", "secret", { room: "lobby" });
  const pathSeen = async () => {
    const { messages } = await guest.request("HIST", { room: "lobby" });
    return (messages as Json[]).map(({ path }) => path ?? null);
  };
  assertEquals(await pathSeen(), [null]);
  data.write("rules", "drop/** read,write *\n# longer than before\n");
  await server.waitFor("rules");
  assertEquals(await pathSeen(), ["drop/plan.txt"]);
});

Deno.test("ReconnectingChat: misses no number where a file is hidden, live or in the history", async () => {
  using data = await folderWithRules();
  await using server = await startServer({ dataDirectory: data.path, uploads: true });
  using guest = await Protocol2Peer.connect(server.port);
  await guest.put("drop/1.txt", "secret", { room: "lobby" });
  await guest.request("SEND", { room: "lobby", text: "past" });
  await guest.put("drop/2.txt", "secret", { room: "lobby" });

  const updates: ChatUpdate[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const chat = await ReconnectingChat.start({
    hostname: "127.0.0.1",
    port: server.port,
    onUpdate: (update) => {
      updates.push(update);
      if (update.kind === "event" && "text" in update.event && update.event.text === "live") {
        resolve();
      }
    },
  }, connect);
  await guest.put("drop/3.txt", "secret", { room: "lobby" });
  await guest.request("SEND", { room: "lobby", text: "live" });
  await within(ended, "the last message");
  await chat.quit();
  const told = updates.flatMap<string | number>((update) => {
    if (update.kind === "missed") return [`${update.count} missed`];
    return update.kind === "event" && "seq" in update.event ? [update.event.seq] : [];
  });
  assertEquals(told, [2, 5]);
});
