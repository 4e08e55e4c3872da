import { chooseBinding, type SaltedPassword, ScramClient } from "../accounts/scram_client.ts";
import { RequestError } from "../protocol/errors.ts";
import { Fields, type JsonObject } from "../protocol/json.ts";
import { decodeReceivedLink, type ReceivedLink } from "../protocol/link_answers.ts";
import type { Protocol2Client } from "./protocol2_client.ts";
import { readAnswer } from "./read_answer.ts";

/** The account or the link of a client, after a login. */
export interface LoggedIn {
  /** The name of the account, or `link:ID`. */
  readonly user: string;
  /** Such as `admin`; `link` after a login by a link. */
  readonly role: string;
  /** What the link is for; absent for an account. */
  readonly link?: ReceivedLink;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Logs in by SCRAM-SHA-256 (RFC 7677): the password itself is never sent, and the server has to
 * prove that it knows the account. Over TLS the login is bound to the server's certificate, where the
 * server offers that.
 *
 * @param user as `prepareUser` returns it
 * @param endPoint of the connection, as the socket tells it
 * @param claim names this receiver, for a login by a link
 * @throws {RequestError} `auth-failed`, also when the server does not prove itself; `denied` for a
 * banned account; `unsupported`
 */
export async function proveAccount(
  protocol: Protocol2Client,
  user: string,
  password: SaltedPassword,
  endPoint?: Uint8Array | null,
  claim?: string,
): Promise<LoggedIn> {
  const { mechanisms } = protocol.hello.auth;
  const binding = chooseBinding(mechanisms, endPoint);
  const { mechanism } = binding;
  if (!mechanisms.includes(mechanism)) throw new RequestError("unsupported");
  const scram = new ScramClient(user, password, { binding });
  const first = { mechanism, data: encode(scram.first), claim };
  const { id, done } = protocol.begin("AUTH", first);
  const data = encode(await scram.handleFirst(dataOf(await done)));
  const answer = await protocol.proceed(id, "AUTH", { data });
  scram.handleFinal(dataOf(answer));
  return readAnswer(() => decodeLoggedIn(answer));
}

function decodeLoggedIn(answer: JsonObject): LoggedIn {
  const fields = new Fields(answer);
  const link = decodeReceivedLink(answer);
  const role = fields.optionalText("role") ?? "";
  return { user: fields.text("user"), role, ...(link !== null && { link }) };
}

function encode(text: string): string {
  return encoder.encode(text).toBase64();
}

/** @throws {RequestError} `auth-failed` when it is not base64 */
function dataOf(answer: JsonObject): string {
  try {
    return decoder.decode(Uint8Array.fromBase64(new Fields(answer).text("data")));
  } catch (cause) {
    throw new RequestError("auth-failed", "Cannot log in: the server's answer makes no sense", {
      cause,
      reason: "login-unproven",
    });
  }
}
