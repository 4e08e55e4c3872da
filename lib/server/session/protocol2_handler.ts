import { TaskGroup } from "../../async/task_group.ts";
import { type ProtocolError, RequestError } from "../../protocol/errors.ts";
import { decodeObject, Fields, type JsonObject } from "../../protocol/json.ts";
import {
  decodeRequest,
  isRequestType,
  type Request,
  type Requests,
  type RequestType,
} from "../../protocol/requests.ts";
import type { ControlFrame, Frame } from "../../stream/frames/frame_reader.ts";
import { encodeFail } from "../context/failure_reply.ts";
import { isLookup, PendingLookups } from "../context/pending_lookups.ts";
import { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";
import { Downloads } from "../transfers/downloads.ts";
import { Uploads } from "../transfers/uploads.ts";
import { ChatRequests } from "./chat_requests.ts";
import { answerList, answerMakeFolder, answerStat, type LookupScope } from "./folder_requests.ts";
import type { LoginRequests } from "./login_requests.ts";
import { answerTicket } from "./ticket_request.ts";
import type { ProtocolHandler } from "./protocol_handler.ts";

/** Frames of protocol 1, and HELO, which must come first. */
const OUT_OF_PLACE: ReadonlySet<string> = new Set(["FILE", "CHAT", "HELO"]);

/** The requests that DONE answers. Transfers have answers of their own. */
type AnsweredType = Exclude<RequestType, "FGET" | "FPUT" | "MGET" | "MPUT">;

/** The objects that an answer is made from. */
interface RequestScope extends LookupScope {
  readonly context: SessionContext;
  /** `null` for a data connection. */
  readonly chat: ChatRequests | null;
}

// Few servers get such requests: none loads the code for them at its start
const managing = () => import("./manage_requests.ts");
const linking = () => import("./link_requests.ts");

/** The fields of DONE for each request. */
const ANSWERS: {
  readonly [T in AnsweredType]: (
    scope: RequestScope,
    request: Requests[T],
  ) => Promise<JsonObject>;
} = {
  LIST: (scope, request) => answerList(scope, request),
  STAT: (scope, request) => answerStat(scope, request),
  MKDR: ({ context }, request) => answerMakeFolder(context, request),
  MOVE: async (scope, request) => (await managing()).answerMove(scope, request),
  DELE: async (scope, request) => (await managing()).answerRemove(scope, request),
  TCKT: ({ context }, request) => answerTicket(context, request),
  LINK: async ({ context }, request) => (await linking()).answerMakeLink(context, request),
  LNKS: async ({ context }, request) => (await linking()).answerListLinks(context, request),
  UNLK: async ({ context }, request) => (await linking()).answerRevokeLink(context, request),
  NICK: async ({ chat }, request) => await requireChat(chat).rename(request),
  JOIN: async ({ chat }, request) => await requireChat(chat).join(request),
  PART: async ({ chat }, request) => await requireChat(chat).part(request),
  SEND: async ({ chat }, request) => await requireChat(chat).send(request),
  WHOS: async ({ chat }, request) => await requireChat(chat).members(request),
  ROOM: async ({ chat }, request) => await requireChat(chat).rooms(request),
  HIST: async ({ chat }, request) => await requireChat(chat).history(request),
  TOPC: async ({ chat }, request) => await requireChat(chat).topic(request),
  AWAY: async ({ chat }, request) => await requireChat(chat).setAway(request),
};

function resultOf<T extends AnsweredType>(
  scope: RequestScope,
  type: T,
  request: Requests[T],
): Promise<JsonObject> {
  return ANSWERS[type](scope, request);
}

function requireChat(chat: ChatRequests | null): ChatRequests {
  if (chat === null) throw new RequestError("unsupported");
  return chat;
}

/** Handles the frames of a client that has said HELO. */
export class Protocol2Handler implements ProtocolHandler {
  readonly #context: SessionContext;
  readonly #replies: Replies;
  /** `null` for a data connection. */
  readonly #chat: ChatRequests | null;
  /** Requests that are answered concurrently. */
  readonly #tasks = new TaskGroup();

  // Made on demand: most clients only chat
  #downloads: Downloads | null = null;
  #uploads: Uploads | null = null;
  #logins: LoginRequests | null = null;
  #lookups: PendingLookups | null = null;

  /** Sends nothing by itself. */
  constructor(context: SessionContext) {
    this.#context = context;
    this.#replies = new Replies(context);
    this.#chat = context.isData ? null : new ChatRequests(context);
  }

  get answersPing(): boolean {
    return true;
  }

  get isIdleBeforeLogin(): boolean {
    return !this.#context.identity.isAdmitted && this.#logins?.isVerifying !== true;
  }

  get stuckSinceMs(): number | null {
    const isStuck = this.#uploads?.isAwaitingData === true && this.#downloads?.isIdle !== false;
    return isStuck ? this.#replies.pending.fullSinceMs : null;
  }

  async onFrame(frame: Frame): Promise<void> {
    if (frame.kind === "data") return await this.#openUploads().onData("data", frame.bytes);
    if (frame.kind === "zstd") return await this.#openUploads().onData("zstd", frame.payload);
    try {
      await this.#onControl(frame);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#replies.fail(null, error);
    }
  }

  onEnd(): void {
    this.#uploads?.onEndOfInput();
  }

  onClosed(): void {
    this.#replies.pending.cancelAll(new RequestError("cancelled"));
  }

  sendViolation({ code }: ProtocolError): void {
    if (code === "truncated") return;
    this.#replies.fail(null, new RequestError(code === "too-large" ? code : "bad-request"));
  }

  sendKicked(message: string): void {
    const frame = encodeFail(null, { code: "denied", message });
    this.#context.connection.writer.send(frame);
  }

  async idle(): Promise<void> {
    await Promise.all([this.#downloads?.idle(), this.#uploads?.idle(), this.#tasks.idle()]);
  }

  /** @throws {RequestError} if the failure belongs to no request */
  async #onControl({ type, payload }: ControlFrame): Promise<void> {
    if (OUT_OF_PLACE.has(type)) throw new RequestError("bad-request");
    const object = decodeObject(payload);
    const id = new Fields(object).id();
    switch (type) {
      case "PING":
        return this.#replies.send("PONG", { id });
      case "PONG":
        return this.#onPong(id);
      case "FCAN":
        return this.#onCancel(id, object);
      case "FEND":
        return await this.#openUploads().onEnd(id, new Fields(object).optionalSha256("sha256"));
    }
    if (type === "AUTH" && this.#logins?.isSecond(id)) {
      return this.#tasks.add(this.#logins.finish(id, object));
    }
    const { pending } = this.#replies;
    if (pending.has(id)) throw new RequestError("bad-request");
    await pending.available();
    pending.begin(id);
    await this.#start(id, type, object);
  }

  #onCancel(id: number, { discard, wrong }: JsonObject): void {
    if (wrong === true) this.#downloads?.doubt(id);
    this.#uploads?.onCancel(id, discard === true);
    this.#replies.pending.cancel(id, new RequestError("cancelled"));
    this.#logins?.cancel(id);
  }

  /** Starts the answer to a request. Resolves when the next frame may be handled. */
  async #start(id: number, type: string, object: JsonObject): Promise<void> {
    if (type === "AUTH") {
      const { LoginRequests } = await import("./login_requests.ts");
      this.#logins ??= new LoginRequests(this.#context, this.#replies);
      return this.#tasks.add(this.#logins.begin(id, object));
    }
    const request = this.#decodeOrRefuse(id, type, object);
    if (request === null) return;
    if (request.type === "FGET") return this.#openDownloads().add(id, request);
    if (request.type === "MGET") return this.#openDownloads().addBatch(id, request);
    if (request.type === "MPUT") return this.#openUploads().addBatch(id, request);
    if (request.type === "FPUT") return this.#openUploads().add(id, request);
    if (isLookup(request.type)) await this.#openLookups().begin();
    this.#tasks.add(this.#answer(id, request));
  }

  #onPong(id: number): void {
    const { isData, identity: { member }, services: { hub } } = this.#context;
    if (!isData && member !== null) hub.privateMessages.onReceipt(member, id);
  }

  /** Decodes a request; refuses one that may not begin or be decoded, and returns `null`. */
  #decodeOrRefuse(id: number, type: string, object: JsonObject): Request | null {
    try {
      const { identity } = this.#context;
      identity.checkAdmitted();
      if (!isRequestType(type)) throw new RequestError("unsupported");
      identity.checkRequest(type);
      const request = decodeRequest(type, object);
      if (this.#context.services.stopping.aborted) throw new RequestError("shutting-down");
      return request;
    } catch (error) {
      this.#refuse(id, type, error, object);
      return null;
    }
  }

  /** A transfer fails when its turn comes, any other request at once. */
  #refuse(id: number, type: string, error: unknown, object: JsonObject): void {
    const path = typeof object.path === "string" ? object.path : undefined;
    if (type === "FGET" || type === "MGET") {
      return this.#openDownloads().addRefused(id, error, path);
    }
    if (type !== "FPUT" && type !== "MPUT") return this.#replies.fail(id, error, { path });
    const fields = new Fields(object);
    const waits = type === "FPUT" && (fields.has("key") || fields.has("sha256"));
    this.#openUploads().addRefused(id, error, { path, mayHaveSent: !waits });
  }

  async #answer(id: number, request: Requests[AnsweredType]): Promise<void> {
    const scope: RequestScope = {
      context: this.#context,
      chat: this.#chat,
      signal: () => this.#replies.pending.controllerOf(id).signal,
      cancel: (reason) => this.#replies.pending.cancel(id, reason),
      sendPage: (page) => this.#replies.sendPage(id, page),
    };
    try {
      this.#replies.done(id, await resultOf(scope, request.type, request));
    } catch (error) {
      this.#replies.fail(id, error, {
        path: "path" in request ? request.path : undefined,
        isLookup: request.type === "STAT" || request.type === "LIST",
      });
    } finally {
      if (isLookup(request.type)) this.#openLookups().end();
    }
  }

  #openDownloads(): Downloads {
    return this.#downloads ??= new Downloads(this.#context, this.#replies);
  }

  #openLookups(): PendingLookups {
    const { services: { lookups }, identity } = this.#context;
    return this.#lookups ??= new PendingLookups(lookups, identity.owner.address);
  }

  #openUploads(): Uploads {
    return this.#uploads ??= new Uploads(this.#context, this.#replies);
  }
}
