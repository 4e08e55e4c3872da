import { Login, type LoginServices } from "../../accounts/login.ts";
import type { Account } from "../../accounts/account.ts";
import { RequestError } from "../../protocol/errors.ts";
import { Fields, type JsonObject } from "../../protocol/json.ts";

/** The only mechanism (RFC 7677), without channel binding. */
export const MECHANISM = "SCRAM-SHA-256";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** What one step of a login comes to. */
export type LoginStep =
  /** The client is to go on from this data. */
  | { readonly kind: "challenge"; readonly data: string }
  /** It is in; the data prove the server to it. */
  | { readonly kind: "done"; readonly account: Account; readonly data: string };

/** The AUTH requests of one connection: base64 and JSON round a {@link Login}. */
export class Authentication {
  readonly #login: Login;
  /** Of the request that is under way. */
  #id: number | null = null;
  #waiting = 0;

  /** @param address of the peer */
  constructor(services: LoginServices, address: string) {
    this.#login = new Login(services, address);
  }

  /** Whether a login waits for its turn: the client is not to be hurried. */
  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** Whether the login that just failed was the last one: the connection is to be closed. */
  get isExhausted(): boolean {
    return this.#login.isExhausted;
  }

  /** Whether a frame goes on with the login that is under way, and is no request of its own. */
  continues(id: number): boolean {
    return this.#id === id;
  }

  /** Gives up the login that waits for its next frame; its number, or `null` when there is none. */
  giveUp(): number | null {
    const id = this.#id;
    this.#id = null;
    return id;
  }

  /**
   * Takes an AUTH frame.
   *
   * @param signal ends a wait, when the connection is closed
   * @throws {RequestError} `unsupported` for another mechanism, `auth-failed`, `rate-limited`
   */
  async take(id: number, object: JsonObject, signal: AbortSignal): Promise<LoginStep> {
    const fields = new Fields(object);
    const isFirst = this.#id !== id;
    this.#id = null;
    if (isFirst && (fields.optionalText("mechanism") ?? MECHANISM) !== MECHANISM) {
      throw new RequestError("unsupported");
    }
    const message = decodeBase64(fields.text("data"));
    if (!isFirst) return await this.#finish(message, signal);
    const data = encodeBase64(this.#login.start(message));
    this.#id = id;
    return { kind: "challenge", data };
  }

  async #finish(message: string, signal: AbortSignal): Promise<LoginStep> {
    this.#waiting++;
    try {
      const { account, serverFinal } = await this.#login.finish(message, signal);
      return { kind: "done", account, data: encodeBase64(serverFinal) };
    } finally {
      this.#waiting--;
    }
  }
}

/** What is not base64 of UTF-8 is a message of nothing: it fails, and counts, like any other. */
function decodeBase64(text: string): string {
  try {
    return decoder.decode(Uint8Array.fromBase64(text));
  } catch {
    return "";
  }
}

function encodeBase64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}
