import { Mutex } from "../../async/mutex.ts";
import { TaskGroup } from "../../async/task_group.ts";
import { ProtocolError, RequestError } from "../../protocol/errors.ts";
import { decodeObject, Fields, type JsonObject } from "../../protocol/json.ts";
import { decodeRequest, type Requests } from "../../protocol/requests.ts";
import type { Frame } from "../../stream/frames/frame_reader.ts";
import { Replies } from "../context/replies.ts";
import type { SessionContext } from "../context/session_context.ts";
import type { DataSessionOwner, SharedContent } from "../context/session_tokens.ts";
import { sendFound } from "../transfers/send_file.ts";
import { Protocol2Handler } from "./protocol2_handler.ts";
import type { ProtocolHandler } from "./protocol_handler.ts";

/** The handler of a connection that has said HELO. @param owner of a data connection; else `null` */
export function greetedHandler(
  context: SessionContext,
  owner: DataSessionOwner | null,
): ProtocolHandler {
  const content = owner?.content;
  return content === undefined ? new Protocol2Handler(context) : new PeerHandler(context, content);
}

/** Handles the frames of another server of the cluster, which may fetch one content, and nothing else. */
class PeerHandler implements ProtocolHandler {
  readonly answersPing = true;
  readonly isIdleBeforeLogin = false;
  readonly stuckSinceMs = null;
  readonly #context: SessionContext;
  readonly #content: SharedContent;
  readonly #replies: Replies;
  readonly #tasks = new TaskGroup();
  readonly #turn = new Mutex();

  constructor(context: SessionContext, content: SharedContent) {
    this.#context = context;
    this.#content = content;
    this.#replies = new Replies(context);
  }

  async onFrame(frame: Frame): Promise<void> {
    if (frame.kind !== "control") {
      throw new ProtocolError("bad-sequence", "Cannot take data: nothing is uploaded");
    }
    try {
      await this.#onControl(frame.type, decodeObject(frame.payload));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#replies.fail(null, error);
    }
  }

  onEnd(): void {}

  onClosed(): void {
    this.#replies.pending.cancelAll(new RequestError("cancelled"));
  }

  sendKicked(): void {}

  sendViolation({ code }: ProtocolError): void {
    if (code !== "truncated") this.#replies.fail(null, new RequestError("bad-request"));
  }

  async idle(): Promise<void> {
    await this.#tasks.idle();
  }

  async #onControl(type: string, object: JsonObject): Promise<void> {
    const { pending } = this.#replies;
    const id = new Fields(object).id();
    if (type === "PONG") return;
    if (type === "PING") return this.#replies.send("PONG", { id });
    if (type === "FCAN") return pending.cancel(id, new RequestError("cancelled"));
    if (pending.has(id)) throw new RequestError("bad-request");
    await pending.available();
    pending.begin(id);
    this.#tasks.add(this.#answerInTurn(id, type, object));
  }

  async #answerInTurn(id: number, type: string, object: JsonObject): Promise<void> {
    const release = await this.#turn.lock();
    try {
      await this.#answer(id, type, object);
    } finally {
      release();
    }
  }

  async #answer(id: number, type: string, object: JsonObject): Promise<void> {
    try {
      if (type !== "FGET") throw new RequestError("denied");
      await this.#send(id, decodeRequest(type, object));
    } catch (error) {
      const frame = this.#replies.encodeFailure(id, error, { path: this.#content.sha256 });
      // If the connection fails, its owner learns it from the writer
      if (frame !== null) await this.#context.connection.writer.sendBulk(frame).catch(() => {});
    }
  }

  async #send(id: number, request: Requests["FGET"]): Promise<void> {
    const { services: { stopping, stats } } = this.#context;
    const { sha256, file } = this.#content;
    const { signal } = this.#replies.pending.controllerOf(id);
    signal.throwIfAborted();
    if (stopping.aborted) throw new RequestError("shutting-down");
    if (request.path !== sha256) throw new RequestError("not-found");
    stats.transfers++;
    try {
      await sendFound(this.#context, this.#replies, { id, request, file, signal });
    } finally {
      stats.transfers--;
    }
  }
}
