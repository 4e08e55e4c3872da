import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openDatabase } from "../../lib/files/database.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const MESSAGE = { room: "lobby", text: "hello" };

/** What happens to the data folder of a running server. */
const LOSSES: Record<string, (folder: string) => void> = {
  "is removed": (folder) => Deno.removeSync(folder, { recursive: true }),
  "is moved away": (folder) => Deno.renameSync(folder, `${folder}-moved`),
  "has its database replaced": (folder) => {
    Deno.removeSync(`${folder}/tcp-chat.db`);
    Deno.writeTextFileSync(`${folder}/tcp-chat.db`, "another");
  },
  "has its database truncated": (folder) => Deno.truncateSync(`${folder}/tcp-chat.db`, 0),
};

for (const [what, lose] of Object.entries(LOSSES)) {
  Deno.test(`server: refuses messages and says why, once, if its data folder ${what}`, async () => {
    using parent = new TempDir();
    const data = parent.join("data");
    await using server = await startServer({ dataDirectory: data });
    using peer = await Protocol2Peer.connect(server.port);
    await peer.request("SEND", MESSAGE);
    lose(data);
    for (let i = 0; i < 3; i++) {
      await peer.ask("SEND", MESSAGE);
      assertEquals((await peer.expect("FAIL")).code, "internal");
    }
    assertEquals(peer.events.filter(({ event }) => event === "message").length, 1);
    const errors = server.eventsOf("error").map(({ message }) => message);
    assertEquals(errors.length, 1);
    assertStringIncludes(errors[0]!, "tcp-chat.db");
    using other = await Protocol2Peer.connect(server.port);
    await other.request("LIST", { path: "" });
  });
}

Deno.test("server: goes on while another process writes to its database, and then stores what waits", async () => {
  using data = new TempDir();
  await using server = await startServer({ dataDirectory: data.path });
  using peer = await Protocol2Peer.connect(server.port);
  using other = openDatabase(data.join("tcp-chat.db"));
  other.exec("BEGIN IMMEDIATE");
  const ids = [await peer.ask("SEND", MESSAGE), await peer.ask("SEND", MESSAGE)];
  for (let i = 0; i < 20; i++) {
    const startMs = performance.now();
    await peer.request("WHOS", {});
    assert(performance.now() - startMs < 500, "the event loop waited for the lock");
  }
  assertEquals(peer.events, []);
  other.exec("ROLLBACK");
  for (const [i, id] of ids.entries()) {
    const { id: answered, seq } = await peer.expect("DONE");
    assertEquals([answered, seq], [id, i + 1]);
  }
});

Deno.test("server: admits clients and fails what needs the database, if that is damaged", async () => {
  using data = new TempDir();
  await using server = await startServer({ dataDirectory: data.path });
  {
    using other = openDatabase(data.join("tcp-chat.db"));
    other.exec("DROP TABLE bans; DROP TABLE messages; DROP TABLE rooms; DROP TABLE accounts");
  }
  for (let i = 0; i < 5; i++) {
    using peer = await Protocol2Peer.connect(server.port);
    for (
      const [type, fields] of [["JOIN", { room: "ops" }], ["HIST", { room: "lobby" }], [
        "SEND",
        MESSAGE,
      ]] as const
    ) {
      await peer.ask(type, fields);
      assertEquals((await peer.expect("FAIL")).code, "internal", type);
    }
  }
  // Of bans, accounts and history
  assert(server.eventsOf("error").length <= 3, "the log is flooded");
});
