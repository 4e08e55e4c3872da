import { Login } from "../../accounts/login.ts";
import { SCRAM_MECHANISM } from "../../accounts/scram_keys.ts";
import { RequestError } from "../../protocol/errors.ts";
import { Fields, type JsonObject } from "../../protocol/json.ts";
import type { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** The AUTH requests of one connection. A login is one request of two frames. */
export class LoginRequests {
  readonly #context: SessionContext;
  readonly #replies: Replies;
  readonly #login: Login;
  /** The request that waits for its second frame. */
  #openId: number | null = null;
  #verifying = 0;

  /** Logs in the client of `context`. */
  constructor(context: SessionContext, replies: Replies) {
    this.#context = context;
    this.#replies = replies;
    const { services, identity, endPoint } = context;
    this.#login = new Login(services.logins, identity.address, endPoint);
  }

  /** Whether a login is being verified. The client is not idle then. */
  get isVerifying(): boolean {
    return this.#verifying > 0;
  }

  /** Whether an AUTH frame is the second one of a request. */
  isSecond(id: number): boolean {
    return this.#openId === id;
  }

  /** Handles the first frame of a request. A request that is still open fails. Never rejects. */
  async begin(id: number, object: JsonObject): Promise<void> {
    this.#endOpen(new RequestError("auth-failed"));
    await this.#step(id, () => {
      this.#requireGuest();
      const fields = new Fields(object);
      const mechanism = fields.optionalText("mechanism") ?? SCRAM_MECHANISM;
      if (!this.#login.mechanisms.includes(mechanism)) throw new RequestError("unsupported");
      const clientFirst = decodeBase64(fields.text("data"));
      const data = encodeBase64(this.#login.start(clientFirst, mechanism));
      this.#openId = id;
      this.#replies.send("AUTH", { id, data });
    });
  }

  /** Handles the second frame of a request. Never rejects. */
  async finish(id: number, object: JsonObject): Promise<void> {
    this.#openId = null;
    this.#verifying++;
    await this.#step(id, async () => {
      this.#requireGuest();
      const clientFinal = decodeBase64(new Fields(object).text("data"));
      const { signal } = this.#replies.pending.controllerOf(id);
      const { account, serverFinal } = await this.#login.finish(clientFinal, signal);
      const { services: { settings, bans }, identity, connection } = this.#context;
      if (bans.findName(account.name) !== null) {
        throw new RequestError("denied", "The account is banned", { reason: "banned" });
      }
      identity.logIn(account, connection.writer);
      settings.onEvent({ event: "login", ...identity.label, address: identity.address });
      const { name: user, role } = account;
      this.#replies.done(id, { user, role, data: encodeBase64(serverFinal) });
    });
    this.#verifying--;
  }

  /** Handles FCAN of the request that waits for its second frame. */
  cancel(id: number): void {
    if (this.#openId === id) this.#endOpen(new RequestError("cancelled"));
  }

  #endOpen(error: RequestError): void {
    const id = this.#openId;
    this.#openId = null;
    if (id !== null) this.#fail(id, error);
  }

  async #step(id: number, work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(id, error);
      if (this.#login.isExhausted) this.#context.onDone();
    }
  }

  #fail(id: number, error: unknown): void {
    this.#replies.fail(id, error, { account: this.#login.user });
  }

  #requireGuest(): void {
    const { isData, identity } = this.#context;
    if (isData || identity.account !== null) throw new RequestError("bad-request");
  }
}

/** Invalid base64 decodes to an empty message, which fails and counts as an attempt. */
function decodeBase64(text: string): string {
  try {
    return decoder.decode(Uint8Array.fromBase64(text));
  } catch {
    return "";
  }
}

function encodeBase64(text: string): string {
  return encoder.encode(text).toBase64();
}
