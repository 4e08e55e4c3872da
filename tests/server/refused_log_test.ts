import { assertEquals } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { startServer } from "../helpers/servers.ts";

const address = (port: number) => ({ hostname: "127.0.0.1", port });

Deno.test("refused: is not logged for STAT and LIST of what is not there, which is an answer", async () => {
  await using server = await startServer();
  await using client = await connect(address(server.port));
  const isMissing = (error: unknown) => error instanceof RequestError && error.code === "not-found";
  assertEquals(isMissing(await client.stat("missing").catch((error) => error)), true);
  const list = Array.fromAsync(client.list("missing")).catch((error) => error);
  assertEquals(isMissing(await list), true);
  await client.quit();
  assertEquals(server.eventsOf("refused"), []);
  assertEquals(server.server.stats.refusals, 0);
});

Deno.test("refused: names the account of a failed login, without control characters", async () => {
  await using server = await startServer();
  const login = { user: "ana", password: "wrong" };
  const error = await connect({ ...address(server.port), login }).catch((error) => error);
  assertEquals(error.code, "auth-failed");
  const { account, code } = await server.waitFor("refused");
  assertEquals([account, code], ["ana", "auth-failed"]);
});
