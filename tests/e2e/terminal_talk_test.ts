import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import type { TestServer } from "../helpers/servers.ts";
import { hasTerminal, KEYS } from "../helpers/terminal.ts";
import { startTerminalClient } from "../helpers/terminal_client.ts";

const ignore = !hasTerminal();

/** Another client, in #ops. */
async function joinOps({ port }: TestServer): Promise<Protocol2Peer> {
  const peer = await Protocol2Peer.connect(port);
  await peer.request("JOIN", { room: "ops" });
  return peer;
}

Deno.test({
  name: "interactive client: shows the topic of a room on coming, and when it changes",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    const { terminal } = fixture;
    using ana = await joinOps(fixture.server);
    await ana.request("TOPC", { room: "ops", text: "on\u200b call" });
    await terminal.enter("join #OPS");
    await terminal.shows("You are now in #ops: guest-1, guest-2");
    await terminal.shows(/^Topic of #ops: on call \(guest-2, \d\d:\d\d\)$/);
    await ana.request("TOPC", { room: "ops", text: "" });
    await terminal.shows(/^\d\d:\d\d guest-2 removed the topic$/);
    await terminal.enter("topic we sleep");
    await terminal.shows(/^\d\d:\d\d guest-1 set the topic: we sleep$/);
    await terminal.enter("join lobby");
    await terminal.endsWith("[lobby] >");
    await terminal.enter("join ops");
    await terminal.waitUntil(
      (lines) => lines.filter((line) => line.startsWith("Topic of #ops: we sleep")).length === 1,
      "the topic of the room that is shown again",
    );
  },
});

Deno.test({
  name: "interactive client: shows a question until its answer, whatever is said meanwhile",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    const { terminal } = fixture;
    using ana = await joinOps(fixture.server);
    await terminal.enter("join ops");
    await terminal.endsWith("[ops] >");
    await terminal.type("chat one\rchat two\r");
    await terminal.endsWith("2 lines were pasted. Run them? [y/N]");
    await ana.request("SEND", { room: "lobby", text: "makes one unread" });
    await ana.request("SEND", { room: "ops", text: "is shown" });
    await terminal.shows(/guest-2: is shown$/);
    await terminal.endsWith("2 lines were pasted. Run them? [y/N]");
    await terminal.enter("y");
    await terminal.shows(/guest-1: two$/);
    await terminal.endsWith("[ops lobby:1] >");
  },
});

Deno.test({
  name: "interactive client: completes names with blanks on Tab, in quotes and escaped",
  ignore,
  async fn() {
    await using fixture = await startTerminalClient();
    const { server, terminal } = fixture;
    server.root.write("my folder/a file.txt", "x");
    await terminal.type('get "my', KEYS.tab);
    await terminal.endsWith('[lobby] > get "my folder/');
    await terminal.type(KEYS.tab);
    await terminal.endsWith('[lobby] > get "my folder/a file.txt"');
    await terminal.type("\x15", "get my", KEYS.tab);
    await terminal.endsWith("[lobby] > get my\\ folder/");
    await terminal.type(KEYS.tab);
    await terminal.endsWith("[lobby] > get my\\ folder/a\\ file.txt");
    await terminal.type(KEYS.enter);
    await terminal.shows(/a file\.txt: 1 B, SHA-256 verified/);
  },
});
