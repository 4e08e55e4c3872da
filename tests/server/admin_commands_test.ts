import { assertEquals, assertRejects } from "@std/assert";
import type { Role } from "../../lib/accounts/rights.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { TestClient } from "../helpers/clients.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const PASSWORD = "correct horse";

async function folderWithAccounts(): Promise<TempDir> {
  const folder = new TempDir();
  using accounts = new TestAccounts(folder.join("tcp-chat.db"));
  for (const role of ["member", "admin"] as const) {
    await accounts.store.add(`a-${role}`, PASSWORD, role);
  }
  return folder;
}

Deno.test("SEND: to the server runs a command for an admin, and for no other client", async () => {
  using data = await folderWithAccounts();
  const lines: string[] = [];
  await using server = await startServer({
    dataDirectory: data.path,
    onCommand: (line) => Promise.resolve([`done: ${lines.push(line)}`]),
  });
  const connect = (role: Role) =>
    TestClient.connect(server.port, {
      protocol: 2,
      login: { user: `a-${role}`, password: PASSWORD },
    });
  await using guest = await TestClient.connect(server.port, { protocol: 2 });
  await using member = await connect("member");
  await using admin = await connect("admin");
  for (const { client } of [guest, member]) {
    const error = await assertRejects(
      () => client.chat.say("/stop", { to: "server" }),
      RequestError,
    );
    assertEquals(error.code, "denied");
  }
  await admin.client.chat.say("/who", { to: "SERVER" });
  assertEquals(lines, ["/who"]);
  assertEquals(server.eventsOf("command").map(({ user, line }) => [user, line]), [
    ["a-admin", "/who"],
  ]);
});
