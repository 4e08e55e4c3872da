import { type ProtocolError, RequestError, type RequestErrorCode } from "../../protocol/errors.ts";
import { encodeJsonFrame, type JsonFrameType } from "../../protocol/frames.ts";
import { decodeObject, Fields, type JsonObject } from "../../protocol/json.ts";
import { decodeRequest, isRequestType, type Request } from "../../protocol/requests.ts";
import type { ControlFrame, Frame } from "../../stream/frames/frame_reader.ts";
import { Authentication } from "./authentication.ts";
import { ChatRateLimit } from "./chat_rate_limit.ts";
import { ChatRequests, isChatRequest } from "./chat_requests.ts";
import { answerList, answerMakeFolder, answerStat } from "./folder_requests.ts";
import type { ProtocolHandler } from "./protocol_handler.ts";
import { reportFailure } from "../context/failure_reply.ts";
import { TaskGroup } from "../../async/task_group.ts";
import type { SessionContext } from "../context/session_context.ts";
import { Transfers } from "../transfers/transfers.ts";
import { PendingRequests } from "../context/pending_requests.ts";

/** Frames that only a client of protocol 1 may send, or only as the first one. */
const OUT_OF_PLACE: ReadonlySet<string> = new Set(["FILE", "CHAT", "HELO"]);
/** Buffers that an upload is received in. */
const UPLOAD_BUFFER_BYTES = 1024 * 1024;

/** What a client can do that has said HELO. */
export class Protocol2Handler implements ProtocolHandler {
  readonly #context: SessionContext;
  readonly #unanswered = new PendingRequests();
  /** `null` for a data connection. */
  readonly #chat: ChatRequests | null;
  /** Requests that are answered beside each other. */
  readonly #running = new TaskGroup();
  #refusing = false;

  // Most clients only talk: what they do not use is not made for them
  #openTransfers: Transfers | null = null;
  #authentication: Authentication | null = null;

  /** Sends nothing by itself. */
  constructor(context: SessionContext) {
    this.#context = context;
    const { services, identity, isData } = context;
    const budget = new ChatRateLimit(services.settings.chatPerSecond);
    this.#chat = isData ? null : new ChatRequests(services, identity, budget);
  }

  /** @inheritdoc */
  get answersPing(): boolean {
    return true;
  }

  /** @inheritdoc */
  get isIdleBeforeLogin(): boolean {
    return !this.#context.identity.isAdmitted && this.#authentication?.isWaiting !== true;
  }

  /** @inheritdoc */
  get stuckSinceMs(): number | null {
    return this.#openTransfers?.isStuck ? this.#unanswered.fullSinceMs : null;
  }

  /** @inheritdoc */
  async onFrame(frame: Frame): Promise<void> {
    if (frame.kind === "data") return await this.#transfers.uploads.onData("data", frame.bytes);
    if (frame.kind === "zstd") return await this.#transfers.uploads.onData("zstd", frame.payload);
    try {
      await this.#onControl(frame);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#fail(null, error);
    }
  }

  /** @inheritdoc */
  onEnd(): void {
    this.#openTransfers?.uploads.onEndOfInput();
  }

  /** @inheritdoc */
  onClosed(): void {
    this.#unanswered.cancelAll(new RequestError("cancelled"));
  }

  /** @inheritdoc */
  sendViolation({ code }: ProtocolError): void {
    if (code === "truncated") return;
    this.#fail(null, new RequestError(code === "too-large" ? code : "bad-request"));
  }

  /** Tells the client that it is not to come back. */
  sendKicked(notice: string): void {
    this.#context.connection.writer.send(encodeFail(null, "denied", notice));
  }

  /** @inheritdoc */
  refuseRequests(): void {
    this.#refusing = true;
  }

  /** @inheritdoc */
  async drained(): Promise<void> {
    await Promise.all([this.#openTransfers?.drained(), this.#running.idle()]);
  }

  /** @throws {RequestError} when it cannot be told which request failed */
  async #onControl({ type, payload }: ControlFrame): Promise<void> {
    if (OUT_OF_PLACE.has(type)) throw new RequestError("bad-request");
    const object = decodeObject(payload);
    const id = new Fields(object).id();
    switch (type) {
      case "PING":
        return this.#send("PONG", { id });
      case "PONG":
        return;
      case "FCAN":
        return this.#onCancel(id);
      case "FEND":
        return await this.#transfers.uploads.onEnd(id, new Fields(object).sha256("sha256"));
    }
    if (type === "AUTH" && this.#authentication?.continues(id)) {
      return this.#running.add(this.#logIn(id, object));
    }
    if (this.#unanswered.has(id)) throw new RequestError("bad-request");
    await this.#unanswered.available();
    this.#begin(id, type, object);
  }

  #onCancel(id: number): void {
    this.#openTransfers?.uploads.onCancel(id);
    const cancelled = new RequestError("cancelled");
    this.#unanswered.cancel(id, cancelled);
    if (this.#authentication?.continues(id)) this.#fail(this.#authentication.giveUp(), cancelled);
  }

  #begin(id: number, type: string, object: JsonObject): void {
    this.#unanswered.begin(id);
    if (type === "AUTH") {
      const former = this.#authentication?.giveUp() ?? null;
      if (former !== null) this.#fail(former, new RequestError("auth-failed"));
      return this.#running.add(this.#logIn(id, object));
    }
    const request = this.#read(id, type, object);
    if (request === null) return;
    if (request.type === "FGET") {
      return this.#transfers.downloads.add(id, request, this.#unanswered.controllerOf(id).signal);
    }
    if (request.type === "FPUT") {
      this.#context.connection.reader.useBuffers(UPLOAD_BUFFER_BYTES);
      return this.#transfers.uploads.add(id, request, this.#unanswered.controllerOf(id));
    }
    this.#running.add(this.#answer(id, request));
  }

  /** The request, or `null` when it is refused already, since it cannot be understood. */
  #read(id: number, type: string, object: JsonObject): Request | null {
    try {
      this.#context.identity.checkAdmitted();
      if (!isRequestType(type)) throw new RequestError("unsupported");
      const request = decodeRequest(type, object);
      if (this.#refusing) throw new RequestError("shutting-down");
      return request;
    } catch (error) {
      this.#refuse(id, type, error, object);
      return null;
    }
  }

  /** Refuses a request; a transfer when its turn comes. */
  #refuse(id: number, type: string, error: unknown, object: JsonObject): void {
    const fields = new Fields(object);
    const path = typeof object.path === "string" ? object.path : undefined;
    if (type === "FGET") return this.#transfers.downloads.addRefused(id, error, path);
    if (type !== "FPUT") return this.#fail(id, error, path);
    this.#transfers.uploads.addRefused(id, error, { path, mayHaveSent: !fields.has("key") });
  }

  get #transfers(): Transfers {
    return this.#openTransfers ??= new Transfers(this.#context, {
      answered: (id) => this.#unanswered.end(id),
      failure: (id, error, path) => this.#failure(id, error, path),
      ready: (id, offset) => this.#send("REDY", { id, offset }),
      done: (id, result) => this.#done(id, result),
      fail: (id, error, path) => this.#fail(id, error, path),
      isRefusing: () => this.#refusing,
    });
  }

  async #answer(id: number, request: Request): Promise<void> {
    try {
      this.#done(id, await this.#resultOf(id, request));
    } catch (error) {
      this.#fail(id, error, "path" in request ? request.path : undefined);
    }
  }

  async #resultOf(id: number, request: Request): Promise<Record<string, unknown>> {
    const { services, identity } = this.#context;
    const cancel = () => this.#unanswered.controllerOf(id).signal;
    if (request.type === "LIST") return await answerList(services, identity, request, cancel());
    if (request.type === "STAT") return await answerStat(services, identity, request, cancel());
    if (request.type === "MKDR") return await answerMakeFolder(services, identity, request);
    if (!isChatRequest(request) || this.#chat === null) throw new RequestError("unsupported");
    return await this.#chat.answer(request);
  }

  /** Carries out one step of a login. */
  async #logIn(id: number, object: JsonObject): Promise<void> {
    const { identity, connection, services: { settings, logins }, isData, onDone } = this.#context;
    try {
      if (isData || identity.account !== null) throw new RequestError("bad-request");
      this.#authentication ??= new Authentication(logins, identity.address);
      const step = await this.#authentication.take(
        id,
        object,
        this.#unanswered.controllerOf(id).signal,
      );
      if (step.kind === "challenge") return this.#send("AUTH", { id, data: step.data });
      await identity.logIn(step.account, connection.writer);
      settings.onEvent({ event: "login", ...identity.label, address: identity.address });
      const { name: user, role } = step.account;
      this.#done(id, { user, role, data: step.data });
    } catch (error) {
      this.#fail(id, error);
      if (this.#authentication?.isExhausted) onDone();
    }
  }

  #done(id: number, result: Record<string, unknown>): void {
    this.#unanswered.end(id);
    this.#send("DONE", { id, ...result });
  }

  #fail(id: number | null, error: unknown, path?: string): void {
    const failure = this.#failure(id, error, path);
    if (failure !== null) this.#context.connection.writer.send(failure);
  }

  /** The frame that tells a failure, which is logged; `null` when nobody is there to be told. */
  #failure(id: number | null, error: unknown, path?: string): Uint8Array | null {
    if (id !== null) this.#unanswered.end(id);
    const { services, identity, connection } = this.#context;
    if (connection.isClosed) return null;
    const { code, message } = reportFailure(services, identity, error, path);
    return encodeFail(id, code, message);
  }

  #send(type: JsonFrameType, value: Record<string, unknown>): void {
    this.#context.connection.writer.send(encodeJsonFrame(type, value));
  }
}

/** FAIL. */
export function encodeFail(id: number | null, code: RequestErrorCode, message: string): Uint8Array {
  return encodeJsonFrame("FAIL", { id, code, message });
}
