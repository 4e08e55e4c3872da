import { assert } from "@std/assert";
import fc from "fast-check";
import { preparePassword, prepareUser } from "../../lib/accounts/prepare.ts";
import { ScramClient } from "../../lib/accounts/scram_client.ts";
import type { ScramVerifier } from "../../lib/accounts/scram_keys.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { ScramServer } from "../../lib/accounts/scram_server.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import {
  assertAuthFailed,
  assertRelayed,
  assertUnproven,
  logIn,
  type MessageName,
  MESSAGES,
  RFC_7677 as RFC,
  thrownBy,
  verifierFor,
} from "../helpers/scram.ts";

const PASSWORD = new ScramPassword(RFC.password);
const VERIFIER = await verifierFor(RFC.password);

function isAccepted(prepare: () => unknown): boolean {
  try {
    return prepare() !== null;
  } catch (error) {
    assert(error instanceof RequestError);
    return false;
  }
}

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }),
  fc.string({ unit: "binary", maxLength: 10 }),
  fc.string({
    unit: fc.constantFrom(",", "=", "=2C", "=3D", "n", "\u00ad", " ", "é"),
    maxLength: 9,
  }),
);
const user = text.filter((name) => isAccepted(() => prepareUser(name)));
const password = text.filter((secret) => isAccepted(() => preparePassword(secret)));

Deno.test("SCRAM: logs in any user with any password that SASLprep accepts", async () => {
  await fc.assert(
    fc.asyncProperty(user, password, async (name, secret) => {
      const verifier = await verifierFor(secret);
      const verifierOf = (asked: string): ScramVerifier => {
        assert(asked === prepareUser(name));
        return verifier;
      };
      await logIn(name, new ScramPassword(secret), verifierOf);
    }),
  );
});

Deno.test("SCRAM: refuses any other password", async () => {
  await fc.assert(
    fc.asyncProperty(password, password, async (right, wrong) => {
      fc.pre(preparePassword(right) !== preparePassword(wrong));
      const verifier = await verifierFor(right);
      const login = () => logIn("user", new ScramPassword(wrong), () => verifier);
      assertAuthFailed(await thrownBy(login));
    }),
  );
});

/** The side that sees the change first refuses, each with its own error. */
async function assertFails(changed: MessageName, change: (message: string) => string) {
  const tamper = (name: MessageName, message: string) =>
    name === changed ? change(message) : message;
  const error = await thrownBy(() => logIn("user", PASSWORD, () => VERIFIER, tamper));
  const { reason } = error as RequestError;
  if (reason === null) assertAuthFailed(error);
  else if (changed === "clientFinal") assertRelayed(error); // Another binding was sent
  else assertUnproven(error);
}

for (const name of MESSAGES) {
  Deno.test(`SCRAM: notices a change to any character of ${name}`, async () => {
    const long = RFC[name].length + 40;
    for (let at = 0; at < long; at++) {
      const cut = (message: string) => Math.min(at, message.length - 1);
      const flip = (message: string, bit: number) => {
        const i = cut(message);
        const flipped = String.fromCharCode(message.charCodeAt(i) ^ bit);
        return message.slice(0, i) + flipped + message.slice(i + 1);
      };
      for (const bit of [1, 2, 32]) await assertFails(name, (message) => flip(message, bit));
      await assertFails(name, (message) => message.slice(0, cut(message)));
      await assertFails(
        name,
        (message) => message.slice(0, cut(message)) + message.slice(cut(message) + 1),
      );
      await assertFails(
        name,
        (message) => message.slice(0, cut(message)) + "=" + message.slice(cut(message)),
      );
    }
  });
}

const garbage = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.array(
    fc.constantFrom("n", "y", ",", "=", "a=", "n=", "r=", "m=", "c=", "biws", "p=", "i=4096", "s="),
    { maxLength: 14 },
  ).map((parts) => parts.join("")),
);

Deno.test("SCRAM: throws only documented errors for any input", async () => {
  await fc.assert(
    fc.asyncProperty(garbage, garbage, async (first, final) => {
      const server = new ScramServer(() => VERIFIER);
      try {
        server.handleFirst(first);
      } catch (error) {
        assertAuthFailed(error);
      }
      assertAuthFailed(await thrownBy(() => server.handleFinal(final)));
      const client = new ScramClient("user", PASSWORD);
      assertUnproven(await thrownBy(() => client.handleFirst(first)));
      assertUnproven(await thrownBy(() => client.handleFinal(final)));
    }),
    { numRuns: 1_000 },
  );
});
