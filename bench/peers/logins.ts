/**
 * Clients that connect, log in and leave, several at a time.
 *
 * @module
 */
import { ScramClient } from "../../lib/accounts/scram_client.ts";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import type { TlsPin } from "../../lib/stream/tls/connect.ts";
import { options, orders, report } from "./messages.ts";
import { inParallel, RawClient, request } from "./raw_client.ts";

/** Options of the process. */
export interface LoginsOptions {
  readonly port: number;
  readonly pin?: TlsPin;
  /** All have the same password. */
  readonly users: readonly string[];
  readonly password: string;
}

/** An order to log in repeatedly. */
export interface LoginsOrder {
  readonly logins: number;
  /** Whether clients salt their password at each login, like new clients. */
  readonly salting: boolean;
}

const AT_ONCE = 16;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

const { users, password, ...target } = options<LoginsOptions>();
const salted = new Map(users.map((user) => [user, new ScramPassword(password)]));
await inParallel(users.length, AT_ONCE, (i) => logIn(users[i]!, salted.get(users[i]!)!));
report("ready");
for await (const { logins, salting } of orders<LoginsOrder>()) {
  const startedMs = performance.now();
  await inParallel(logins, AT_ONCE, (i) => {
    const user = users[i % users.length]!;
    return logIn(user, salting ? new ScramPassword(password) : salted.get(user)!);
  });
  report({ seconds: (performance.now() - startedMs) / 1000 });
}
Deno.exit();

async function logIn(user: string, secret: ScramPassword): Promise<void> {
  const scram = new ScramClient(user, secret);
  const first = { mechanism: "SCRAM-SHA-256", data: encode(scram.first) };
  const client = await RawClient.open(target);
  const challenge = await client.ask([request("AUTH", 1, first)]);
  const data = encode(await scram.handleFirst(decode(challenge.data)));
  const { data: final } = await client.ask([request("AUTH", 1, { data })]);
  scram.handleFinal(decode(final));
  client.close();
}

function encode(text: string): string {
  return encoder.encode(text).toBase64();
}

function decode(data: unknown): string {
  return decoder.decode(Uint8Array.fromBase64(String(data)));
}
