import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("connect: logs in under a name in any spelling, and refuses one that no account can have", async () => {
  using data = new TempDir();
  {
    using accounts = new TestAccounts(data.join("tcp-chat.db"));
    await accounts.store.add("josé", "correct horse", "member");
  }
  await using server = await startServer({ dataDirectory: data.path });
  const login = (user: string) => ({
    hostname: "127.0.0.1",
    port: server.port,
    login: { user, password: "correct horse" },
  });
  await using client = await connect(login("jose\u0301"));
  assertEquals(client.account?.user, "josé");
  for (const user of ["", "\u00ad", "a\u0007", "\ud800"]) {
    const { code, reason } = await assertRejects(() => connect(login(user)), RequestError);
    assertEquals([code, reason], ["bad-request", "account-name"]);
  }
});
