import { isOfLink, Login, type LoginHolder } from "../../accounts/login.ts";
import { SCRAM_MECHANISM } from "../../accounts/scram_mechanisms.ts";
import type { Link } from "../../accounts/link.ts";
import { RequestError } from "../../protocol/errors.ts";
import { Fields, type JsonObject } from "../../protocol/json.ts";
import { LinkAccess } from "../context/link_access.ts";
import type { Replies } from "../context/replies.ts";
import { linkUser } from "../../protocol/link_key.ts";
import { LIMITS } from "../../protocol/limits.ts";
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
  /** The claim of that request; `null` for none. */
  #claim: string | null = null;
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
    await this.#step(id, async () => {
      this.#requireGuest();
      const fields = new Fields(object);
      const mechanism = fields.optionalText("mechanism") ?? SCRAM_MECHANISM;
      if (!this.#login.mechanisms.includes(mechanism)) throw new RequestError("unsupported");
      this.#claim = claimOf(fields);
      const clientFirst = decodeBase64(fields.text("data"));
      if (isOfLink(clientFirst) && !await this.#waitForLinks(id)) return;
      const data = encodeBase64(this.#login.start(clientFirst, mechanism));
      this.#openId = id;
      this.#replies.send("AUTH", { id, data });
    });
  }

  /**
   * Waits for the links that other servers have made, whether the wanted one is here or not: the time does not
   * tell. Resolves to whether the request is still open.
   */
  async #waitForLinks(id: number): Promise<boolean> {
    this.#openId = id;
    await this.#context.services.linkKeeper.caughtUp();
    const isOpen = this.#openId === id;
    if (isOpen) this.#openId = null;
    return isOpen;
  }

  /** Handles the second frame of a request. Never rejects. */
  async finish(id: number, object: JsonObject): Promise<void> {
    this.#openId = null;
    this.#verifying++;
    await this.#step(id, async () => {
      this.#requireGuest();
      const clientFinal = decodeBase64(new Fields(object).text("data"));
      const { signal } = this.#replies.pending.controllerOf(id);
      const { holder, serverFinal } = await this.#login.finish(clientFinal, signal);
      const fields = await this.#logIn(holder);
      const { services: { settings }, identity } = this.#context;
      settings.onEvent({ event: "login", ...identity.label, address: identity.address });
      this.#replies.done(id, { ...fields, data: encodeBase64(serverFinal) });
    });
    this.#verifying--;
  }

  /** Returns the fields of DONE. @throws {RequestError} `denied` for what is banned or has ended */
  async #logIn(holder: LoginHolder): Promise<JsonObject> {
    const { services, identity, connection } = this.#context;
    if (holder.kind === "link") {
      const access = new LinkAccess(services, holder.link, this.#claim ?? crypto.randomUUID());
      access.check();
      identity.useLink(access);
      return describeLink(access.link);
    }
    const { account } = holder;
    if (services.bans.findName(account.name) !== null) {
      throw new RequestError("denied", "The account is banned", { reason: "banned" });
    }
    await identity.logIn(account, connection.writer);
    return { user: account.name, role: account.role };
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
    if (isData || identity.hasLoggedIn) throw new RequestError("bad-request");
  }
}

/** What the receiver of a link may know of it. */
function describeLink({ id, kind, path, expiresMs: expires, count, left }: Link): JsonObject {
  const link = { path, kind, expires, ...(count !== null && { count, left }) };
  return { user: linkUser(id), role: "link", link };
}

/** The claim of a login by a link. @throws {RequestError} `bad-request` */
function claimOf(fields: Fields): string | null {
  const claim = fields.optionalText("claim") ?? null;
  const { claimCharactersMin: min, claimCharactersMax: max } = LIMITS;
  if (claim === null || (claim.length >= min && claim.length <= max)) return claim;
  const detail = `Cannot log in: the claim must have ${min} to ${max} characters`;
  throw new RequestError("bad-request", detail);
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
