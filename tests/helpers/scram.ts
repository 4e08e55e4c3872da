import { assert, assertEquals } from "@std/assert";
import { preparePassword, prepareUser } from "../../lib/accounts/prepare.ts";
import { ScramClient } from "../../lib/accounts/scram_client.ts";
import { makeVerifier, type ScramVerifier } from "../../lib/accounts/scram_keys.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { ScramServer } from "../../lib/accounts/scram_server.ts";
import { REQUEST_ERROR_TEXTS, RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

/** The messages of a login, in order. */
export const MESSAGES = ["clientFirst", "serverFirst", "clientFinal", "serverFinal"] as const;
export type MessageName = typeof MESSAGES[number];

/** The login of RFC 7677, section 3. */
export const RFC_7677 = {
  user: "user",
  password: "pencil",
  clientNonce: "rOprNGfwEbeRWgbNEkqO",
  serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
  salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
  iterations: 4_096,
  clientFirst: "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
  serverFirst: "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0," +
    "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
  clientFinal: "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0," +
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
  serverFinal: "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
} as const;

/** A verifier with the fewest iterations that clients accept. */
export function verifierFor(password: string, salt = new Uint8Array(16)): Promise<ScramVerifier> {
  return makeVerifier(preparePassword(password), salt, LIMITS.scramIterationsMin);
}

/**
 * Performs a whole login, passing each message through `tamper`. Rethrows errors of either side.
 */
export async function logIn(
  user: string,
  password: ScramPassword,
  verifierOf: (user: string) => ScramVerifier,
  tamper: (name: MessageName, message: string) => string = (_, message) => message,
): Promise<void> {
  const client = new ScramClient(prepareUser(user) ?? "", password);
  const server = new ScramServer(verifierOf);
  const serverFirst = server.handleFirst(tamper("clientFirst", client.first));
  const clientFinal = await client.handleFirst(tamper("serverFirst", serverFirst));
  const serverFinal = server.handleFinal(tamper("clientFinal", clientFinal));
  client.handleFinal(tamper("serverFinal", serverFinal));
}

/** Checks that the error is the one with which a server refuses a login. */
export function assertAuthFailed(error: unknown): void {
  assert(error instanceof RequestError, String(error));
  const { code, reason, message, cause } = error;
  assertEquals([code, reason, message, cause], [
    "auth-failed",
    null,
    REQUEST_ERROR_TEXTS["auth-failed"].en,
    undefined,
  ]);
}

/** Checks that the error is the one with which a server refuses the login of another connection. */
export function assertRelayed(error: unknown): void {
  assert(error instanceof RequestError, String(error));
  assertEquals([error.code, error.reason], ["auth-failed", "login-relayed"]);
}

/** Checks that the error is the one with which a client refuses a server. */
export function assertUnproven(error: unknown): void {
  assert(error instanceof RequestError, String(error));
  assertEquals([error.code, error.reason], ["auth-failed", "login-unproven"]);
}

/** The error that `fn` throws; throws if there is none. */
export async function thrownBy(fn: () => unknown): Promise<unknown> {
  try {
    await fn();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}
