import { assertEquals } from "@std/assert";
import { ScramClient } from "../../lib/accounts/scram_client.ts";
import { makeVerifier } from "../../lib/accounts/scram_keys.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { ScramServer } from "../../lib/accounts/scram_server.ts";
import { RFC_7677 as RFC } from "../helpers/scram.ts";

Deno.test("ScramClient: sends the messages of RFC 7677", async () => {
  const password = new ScramPassword(RFC.password);
  const client = new ScramClient(RFC.user, password, { nonce: RFC.clientNonce });
  assertEquals(client.first, RFC.clientFirst);
  assertEquals(await client.handleFirst(RFC.serverFirst), RFC.clientFinal);
  client.handleFinal(RFC.serverFinal);
});

Deno.test("ScramServer: sends the messages of RFC 7677", async () => {
  const salt = Uint8Array.fromBase64(RFC.salt);
  const verifier = await makeVerifier(RFC.password, salt, RFC.iterations);
  const asked: string[] = [];
  const verifierOf = (user: string) => {
    asked.push(user);
    return verifier;
  };
  const server = new ScramServer(verifierOf, { nonce: RFC.serverNonce });
  assertEquals(server.handleFirst(RFC.clientFirst), RFC.serverFirst);
  assertEquals(server.handleFinal(RFC.clientFinal), RFC.serverFinal);
  assertEquals(asked, [RFC.user]);
});
