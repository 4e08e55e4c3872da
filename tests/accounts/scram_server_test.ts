import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { makeProof } from "../../lib/accounts/scram_keys.ts";
import {
  encodeBinding,
  formatClientFinal,
  formatWithoutProof,
} from "../../lib/accounts/scram_messages.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { ScramServer, type ScramServerOptions } from "../../lib/accounts/scram_server.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import {
  assertAuthFailed,
  assertRelayed,
  logIn,
  RFC_7677 as RFC,
  thrownBy,
  verifierFor,
} from "../helpers/scram.ts";

const SALT = Uint8Array.fromBase64(RFC.salt);
const VERIFIER = await verifierFor(RFC.password, SALT);
const PASSWORD = new ScramPassword(RFC.password);

/** A server that records the names it looks up. */
function newServer(options: ScramServerOptions = {}): { server: ScramServer; asked: string[] } {
  const asked: string[] = [];
  const verifierOf = (user: string) => {
    asked.push(user);
    return VERIFIER;
  };
  return { server: new ScramServer(verifierOf, { nonce: RFC.serverNonce, ...options }), asked };
}

/** Checks that the server refuses this client-first without looking up a user. */
async function assertRefused(clientFirst: string): Promise<void> {
  const { server, asked } = newServer();
  assertAuthFailed(await thrownBy(() => server.handleFirst(clientFirst)));
  assertAuthFailed(await thrownBy(() => server.handleFirst(RFC.clientFirst)));
  assertAuthFailed(await thrownBy(() => server.handleFinal(RFC.clientFinal)));
  assertEquals(asked, []);
}

const NONCE = RFC.clientNonce + RFC.serverNonce;

/** client-final with this header, nonce and end point, and a correct proof. */
async function finalOf(
  header: string,
  nonce = NONCE,
  endPoint: Uint8Array | null = null,
): Promise<string> {
  const salted = await PASSWORD.salted(SALT, RFC.iterations);
  const withoutProof = formatWithoutProof(encodeBinding(header, endPoint), nonce);
  const authMessage = `n=user,r=${RFC.clientNonce},${RFC.serverFirst},${withoutProof}`;
  return formatClientFinal(withoutProof, makeProof(salted, authMessage));
}

Deno.test("ScramServer: accepts the correct password, and refuses a wrong one", async () => {
  await logIn("user", PASSWORD, () => VERIFIER);
  const wrong = new ScramPassword("Pencil");
  assertAuthFailed(await thrownBy(() => logIn("user", wrong, () => VERIFIER)));
});

Deno.test("ScramServer: uses a new nonce for each login", () => {
  const nonces = Array.from(
    { length: 100 },
    () => new ScramServer(() => VERIFIER).handleFirst(RFC.clientFirst),
  );
  assertEquals(new Set(nonces).size, 100);
});

Deno.test("ScramServer.handleFirst: unescapes and prepares names", () => {
  const names = [["a=2Cb=3Dc", "a,b=c"], ["=3D2C", "=2C"], ["I\u00adX", "IX"], ["\u2168", "IX"]];
  for (const [sent, name] of names) {
    const { server, asked } = newServer();
    server.handleFirst(`n,,n=${sent},r=abc`);
    assertEquals(asked, [name]);
  }
});

Deno.test("ScramServer.handleFirst: refuses names that break the grammar or that no account can have", async () => {
  for (
    const name of ["", "a=b", "a=", "a=2c", "a=3d", "=", "a\0b", "\u00ad", "\u0007", "\u06271"]
  ) {
    await assertRefused(`n,,n=${name},r=abc`);
  }
});

Deno.test("ScramServer.handleFirst: accepts a client that supports channel binding, but not its use", async () => {
  const { server } = newServer();
  server.handleFirst(`y,,n=user,r=abc`);
  await assertRefused(`p=tls-unique,,n=user,r=abc`);
  await assertRefused(`p,,n=user,r=abc`);
  await assertRefused(`Y,,n=user,r=abc`);
});

Deno.test("ScramServer.handleFinal: requires the header of client-first", async () => {
  const headers = ["n,,", "y,,", "n,a=user,", "n,a=,"];
  for (const header of headers) {
    for (const repeated of headers) {
      const { server } = newServer();
      server.handleFirst(`${header}n=user,r=${RFC.clientNonce}`);
      const clientFinal = await finalOf(repeated);
      if (repeated === header) server.handleFinal(clientFinal);
      else assertRelayed(await thrownBy(() => server.handleFinal(clientFinal)));
    }
  }
});

const BOUND = "p=tls-server-end-point,,";
const END_POINT = new Uint8Array(32).fill(7);
const PLUS = { mechanism: "SCRAM-SHA-256-PLUS", endPoint: END_POINT };

Deno.test("ScramServer.handleFinal: accepts a bound login with the end point of its connection only", async () => {
  const others = [null, new Uint8Array(32), END_POINT.subarray(1), new Uint8Array(33).fill(7)];
  for (const endPoint of [END_POINT, ...others]) {
    const { server } = newServer(PLUS);
    server.handleFirst(`${BOUND}n=user,r=${RFC.clientNonce}`);
    const clientFinal = await finalOf(BOUND, NONCE, endPoint);
    if (endPoint === END_POINT) server.handleFinal(clientFinal);
    else assertRelayed(await thrownBy(() => server.handleFinal(clientFinal)));
  }
});

Deno.test("ScramServer.handleFirst: refuses a client that did not see the offer to bind", async () => {
  const { server, asked } = newServer({ endPoint: END_POINT });
  assertRelayed(await thrownBy(() => server.handleFirst(`y,,n=user,r=abc`)));
  assertEquals(asked, []);
  newServer({ endPoint: END_POINT }).server.handleFirst(`n,,n=user,r=abc`); // One that cannot bind
});

Deno.test("ScramServer.handleFirst: refuses a header that does not go with the mechanism", async () => {
  for (const header of ["n,,", "y,,", "p=tls-unique,,", "p=tls-exporter,,"]) {
    assertAuthFailed(
      await thrownBy(() => newServer(PLUS).server.handleFirst(`${header}n=user,r=abc`)),
    );
  }
  for (const options of [{ endPoint: END_POINT }, { ...PLUS, endPoint: null }, {}]) {
    const { server } = newServer(options);
    assertAuthFailed(await thrownBy(() => server.handleFirst(`${BOUND}n=user,r=abc`)));
  }
});

Deno.test("ScramServer.handleFinal: requires the nonce of server-first", async () => {
  for (const nonce of [NONCE, RFC.clientNonce, RFC.serverNonce, `${NONCE}x`, NONCE.slice(1)]) {
    const { server } = newServer();
    server.handleFirst(RFC.clientFirst);
    const clientFinal = await finalOf("n,,", nonce);
    if (nonce === NONCE) assertEquals(server.handleFinal(clientFinal), RFC.serverFinal);
    else assertAuthFailed(await thrownBy(() => server.handleFinal(clientFinal)));
  }
});

Deno.test("ScramServer.handleFirst: lets a user act only for itself", async () => {
  for (const header of ["n,a=user,", "n,a=,", "y,a=user,"]) {
    newServer().server.handleFirst(`${header}n=user,r=abc`);
  }
  newServer().server.handleFirst("n,a=a=2Cb,n=a=2Cb,r=abc");
  for (const header of ["n,a=other,", "n,a=User,", "n,a=us=er,", "n,user,", "n,a=user"]) {
    await assertRefused(`${header}n=user,r=abc`);
  }
});

Deno.test("ScramServer.handleFirst: refuses malformed messages", async () => {
  const { clientFirst } = RFC;
  const messages = [
    "",
    "n,,",
    "garbage",
    clientFirst.slice(3),
    clientFirst.replace("n=", "m=x,n="),
  ];
  messages.push(`${clientFirst},m=x`, `${clientFirst},`, `${clientFirst}\n`, `${clientFirst},x=`);
  messages.push("n,,n=user,r=", "n,,n=user", "n,,r=abc,n=user", "n,,n=user,r=a b", "n,,n=user,r=é");
  messages.push(` ${clientFirst}`, "n,n=user,r=abc", "n,,,n=user,r=abc");
  for (const message of messages) await assertRefused(message);
});

Deno.test("ScramServer.handleFirst: skips optional extensions", () => {
  newServer().server.handleFirst(`${RFC.clientFirst},x=y,Z=é`);
});

Deno.test("ScramServer.handleFirst: limits the length of the message", async () => {
  const maximum = LIMITS.scramMessageCharacters;
  const filled = (length: number) => `n,,n=user,r=${"x".repeat(length - 12)}`;
  for (const length of [maximum - 1, maximum]) newServer().server.handleFirst(filled(length));
  await assertRefused(filled(maximum + 1));
});

Deno.test("ScramServer.handleFinal: refuses malformed messages and those of other logins", async () => {
  const { clientFinal } = RFC;
  const messages = ["", "garbage", `m=x,${clientFinal}`, `${clientFinal},x=y`, `${clientFinal}A`];
  messages.push(clientFinal.replace("$k0,", "$k1,"), clientFinal.replace(",p=", ",m=x,p="));
  messages.push(clientFinal.replace("dVQ=", "dVR="), clientFinal.replace("dVQ=", "dVQ"));
  messages.push(clientFinal.replace(/p=.*/, "p="), clientFinal.replace(/p=.*/, "p=AAAA"));
  messages.push(clientFinal.replace(/,p=.*/, ""), clientFinal.replace(/p=.*/, "p=AA".repeat(99)));
  messages.push(clientFinal.replace(",p=", ",x=y,p=")); // Covered by the proof, which does not match
  for (const message of messages) {
    const { server } = newServer();
    server.handleFirst(RFC.clientFirst);
    assertAuthFailed(await thrownBy(() => server.handleFinal(message)));
    assertAuthFailed(await thrownBy(() => server.handleFinal(clientFinal)));
  }
  for (const binding of ["eSws", "biwsAAAA"]) {
    const { server } = newServer();
    server.handleFirst(RFC.clientFirst);
    const message = clientFinal.replace("biws", binding);
    assertRelayed(await thrownBy(() => server.handleFinal(message)));
    assertAuthFailed(await thrownBy(() => server.handleFinal(clientFinal)));
  }
});

Deno.test("ScramServer: refuses messages out of order", async () => {
  const early = newServer().server;
  assertAuthFailed(await thrownBy(() => early.handleFinal(RFC.clientFinal)));

  const twice = newServer().server;
  twice.handleFirst(RFC.clientFirst);
  assertAuthFailed(await thrownBy(() => twice.handleFirst(RFC.clientFirst)));

  const replayed = newServer().server;
  replayed.handleFirst(RFC.clientFirst);
  assertEquals(replayed.handleFinal(RFC.clientFinal), RFC.serverFinal);
  assertAuthFailed(await thrownBy(() => replayed.handleFinal(RFC.clientFinal)));
});

Deno.test("ScramServer: accepts a proof only in its own exchange", async () => {
  const server = new ScramServer(() => VERIFIER);
  server.handleFirst(RFC.clientFirst);
  assertAuthFailed(await thrownBy(() => server.handleFinal(RFC.clientFinal)));
});

Deno.test("ScramServer.handleFirst: rethrows errors of verifierOf", () => {
  const broken = new Error("the database is locked");
  const server = new ScramServer(() => {
    throw broken;
  });
  assertStrictEquals(assertThrows(() => server.handleFirst(RFC.clientFirst)), broken);
});
