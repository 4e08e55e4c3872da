import { assertEquals, assertRejects } from "@std/assert";
import { ScramServer } from "../../lib/accounts/scram_server.ts";
import { connect } from "../../lib/client/connect.ts";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { Protocol2ScriptedServer } from "../helpers/protocol2_scripted_server.ts";
import { verifierFor } from "../helpers/scram.ts";
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

Deno.test("connect: takes a login whose last answer names no user for a violation of the protocol", async () => {
  const verifier = await verifierFor("correct horse");
  await using server = new Protocol2ScriptedServer({
    hello: { auth: { required: false, mechanisms: ["SCRAM-SHA-256"] } },
    main: async (peer) => {
      const scram = new ScramServer(() => verifier);
      for (const step of ["handleFirst", "handleFinal"] as const) {
        const { id, data } = await peer.expect("AUTH");
        const answer = btoa(scram[step](atob(String(data))));
        await peer.send(step === "handleFirst" ? "AUTH" : "DONE", { id, data: answer });
      }
      await peer.read();
    },
  });
  const login = { user: "ana", password: "correct horse" };
  const address = { hostname: "127.0.0.1", port: server.port };
  await assertRejects(() => connect({ ...address, login }), ProtocolError);
});
