import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { chooseBinding, ScramClient } from "../../lib/accounts/scram_client.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { assertUnproven, RFC_7677 as RFC, thrownBy } from "../helpers/scram.ts";

const PASSWORD = new ScramPassword(RFC.password);
const newClient = (user: string = RFC.user, nonce: string = RFC.clientNonce) =>
  new ScramClient(user, PASSWORD, { nonce });

/** Checks that the client refuses this server-first. */
async function assertRefused(serverFirst: string): Promise<void> {
  assertUnproven(await thrownBy(() => newClient().handleFirst(serverFirst)));
}

Deno.test("ScramClient: uses a new nonce for each login", () => {
  const nonces = Array.from({ length: 100 }, () => new ScramClient("user", PASSWORD).first);
  assertEquals(new Set(nonces).size, 100);
  for (const nonce of nonces) assertMatch(nonce, /^n,,n=user,r=[!-+\--~]{24}$/);
});

Deno.test("chooseBinding: binds where both can, and tells the server of a client that could", () => {
  const endPoint = new Uint8Array([1, 2, 3]);
  const plus = "SCRAM-SHA-256-PLUS";
  const plain = "SCRAM-SHA-256";
  const cases = [
    [[plus, plain], endPoint, plus, "p=tls-server-end-point", endPoint],
    [[plus], endPoint, plus, "p=tls-server-end-point", endPoint],
    [[plain], endPoint, plain, "y", null],
    [[plain], null, plain, "y", null],
    [[plus, plain], null, plain, "y", null], // The certificate has no end point: not the server's own
    [[plain], undefined, plain, "n", null],
    [[plus, plain], undefined, plain, "n", null], // A page, which sees no certificate
  ] as const;
  for (const [mechanisms, offered, mechanism, flag, bound] of cases) {
    assertEquals(chooseBinding(mechanisms, offered), { mechanism, flag, endPoint: bound });
  }
});

Deno.test("ScramClient: sends the binding in client-first, and its data in client-final", async () => {
  const endPoint = new Uint8Array([0, 255, 44]);
  const binding = chooseBinding(["SCRAM-SHA-256-PLUS"], endPoint);
  const client = new ScramClient(RFC.user, PASSWORD, { nonce: RFC.clientNonce, binding });
  assertEquals(client.first, `p=tls-server-end-point,,n=user,r=${RFC.clientNonce}`);
  const sent = (await client.handleFirst(RFC.serverFirst)).match(/^c=([^,]+),/)?.[1] ?? "";
  assertEquals(atob(sent), "p=tls-server-end-point,,\x00\xff,");
});

Deno.test("ScramClient: escapes commas and equals signs", () => {
  assertEquals(newClient("a,b=c").first, "n,,n=a=2Cb=3Dc,r=rOprNGfwEbeRWgbNEkqO");
  assertEquals(newClient("=2C").first, "n,,n==3D2C,r=rOprNGfwEbeRWgbNEkqO");
});

Deno.test("ScramClient.handleFirst: accepts only iterations within the limits", async () => {
  const offer = (iterations: number | string) =>
    RFC.serverFirst.replace("i=4096", `i=${iterations}`);
  const { scramIterationsMin: minimum, scramIterationsMax: maximum } = LIMITS;
  for (const iterations of [minimum, minimum + 1]) await newClient().handleFirst(offer(iterations));
  for (const iterations of [0, 1, minimum - 1, maximum + 1, 4_294_967_296, 1e10, -5_000]) {
    await assertRefused(offer(iterations));
  }
  for (const text of ["", "4096.0", "04096", "4096 ", "0x4096", "4e5", "NaN"]) {
    await assertRefused(offer(text));
  }
});

Deno.test("ScramClient.handleFirst: accepts the largest number of iterations", async () => {
  const maximum = LIMITS.scramIterationsMax;
  const final = await newClient().handleFirst(RFC.serverFirst.replace("i=4096", `i=${maximum}`));
  assert(final.startsWith("c=biws,r="));
});

Deno.test("ScramClient.handleFirst: requires the server's nonce to extend its own", async () => {
  const ours = RFC.clientNonce;
  for (const nonce of [ours, ours.slice(0, -1), `x${ours}y`, "other", ours.toLowerCase() + "x"]) {
    await assertRefused(`r=${nonce},s=${RFC.salt},i=4096`);
  }
  await newClient().handleFirst(`r=${ours}x,s=${RFC.salt},i=4096`);
});

Deno.test("ScramClient.handleFirst: refuses malformed messages", async () => {
  const { serverFirst } = RFC;
  const messages = ["", "garbage", `m=x,${serverFirst}`, `${serverFirst},m=x`, `${serverFirst},`];
  messages.push(`${serverFirst}\n`, `x=y,${serverFirst}`, "e=other-error", `${serverFirst},x=`);
  messages.push(serverFirst.replace("s=W", "s=!"), serverFirst.replace("==", ""));
  messages.push(serverFirst.replace(/s=[^,]*/, "s="), serverFirst.replace(/,s=[^,]*/, ""));
  messages.push(serverFirst.replace("6gQ==", "6gR=="), serverFirst.replace("k0,", "k0é,"));
  for (const message of messages) await assertRefused(message);
});

Deno.test("ScramClient.handleFirst: skips optional extensions", async () => {
  const final = await newClient().handleFirst(`${RFC.serverFirst},x=y,Z=é`);
  assertNotEquals(final, RFC.clientFinal); // The proof covers them
});

Deno.test("ScramClient.handleFirst: limits the length of the message", async () => {
  const maximum = LIMITS.scramMessageCharacters;
  const filled = (length: number) =>
    `${RFC.serverFirst},x=${"y".repeat(length - RFC.serverFirst.length - 3)}`;
  await newClient().handleFirst(filled(maximum - 1));
  await newClient().handleFirst(filled(maximum));
  await assertRefused(filled(maximum + 1));
});

Deno.test("ScramClient.handleFinal: refuses a server without a valid signature", async () => {
  const { serverFinal } = RFC;
  const finals = ["", "e=invalid-proof", "v=", "v=AAAA", serverFinal.replace("6rri", "7rri")];
  finals.push(`${serverFinal},m=x`, `${serverFinal}A`, serverFinal.replace("=", "x"));
  finals.push(serverFinal.replace("5G4=", "5G5="), `v=${new Uint8Array(33).toBase64()}`);
  for (const final of finals) {
    const client = newClient();
    await client.handleFirst(RFC.serverFirst);
    assertUnproven(await thrownBy(() => client.handleFinal(final)));
    assertUnproven(await thrownBy(() => client.handleFinal(serverFinal)));
  }
  const client = newClient();
  await client.handleFirst(RFC.serverFirst);
  client.handleFinal(`${serverFinal},x=y`);
});

Deno.test("ScramClient: refuses messages out of order", async () => {
  const early = newClient();
  assertUnproven(await thrownBy(() => early.handleFinal(RFC.serverFinal)));
  assertUnproven(await thrownBy(() => early.handleFirst(RFC.serverFirst)));

  const twice = newClient();
  await twice.handleFirst(RFC.serverFirst);
  assertUnproven(await thrownBy(() => twice.handleFirst(RFC.serverFirst)));
  assertUnproven(await thrownBy(() => twice.handleFinal(RFC.serverFinal)));

  const eager = newClient();
  const first = eager.handleFirst(RFC.serverFirst);
  assertUnproven(await thrownBy(() => eager.handleFinal(RFC.serverFinal)));
  await first;
});
