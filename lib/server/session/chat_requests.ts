import type { Member } from "../../chat/member.ts";
import { foldNick, SERVER_NAME } from "../../protocol/chat_names.ts";
import { RequestError } from "../../protocol/errors.ts";
import type { JsonObject } from "../../protocol/json.ts";
import type { Requests } from "../../protocol/requests.ts";
import type { SessionContext } from "../context/session_context.ts";
import { ChatRateLimit } from "./chat_rate_limit.ts";

/**
 * The chat requests of a client. Each method resolves with the fields of DONE, or rejects with a
 * {@link RequestError}.
 *
 * A request starts when the requests before it have ended, so that SEND may follow JOIN at once.
 * Only SEND does not delay later requests: its order is that of the journal.
 */
export class ChatRequests {
  readonly #context: SessionContext;
  readonly #rateLimit: ChatRateLimit;
  /** Resolves when all requests but SEND have ended; `null` if none is under way. */
  #barrier: Promise<void> | null = null;

  /** Answers the client of `context`. */
  constructor(context: SessionContext) {
    this.#context = context;
    this.#rateLimit = new ChatRateLimit(context.services.settings.chatPerSecond);
  }

  /** NICK. It counts as a message, since many members get its event. */
  rename({ nick, session }: Requests["NICK"]): Promise<JsonObject> {
    return this.#inTurn(async (member) => {
      this.#checkRate();
      if (session !== null) await this.#context.services.cluster?.release(session);
      return { nick: await this.#hub.rename(member, nick) };
    });
  }

  /** JOIN. */
  join({ room }: Requests["JOIN"]): Promise<JsonObject> {
    return this.#inTurn(async (member) => ({ room, ...await this.#hub.join(member, room) }));
  }

  /** PART. */
  part({ room }: Requests["PART"]): Promise<JsonObject> {
    return this.#inTurn((member) => {
      this.#hub.part(member, room);
      return { room };
    });
  }

  /** WHOS. */
  members({ room }: Requests["WHOS"]): Promise<JsonObject> {
    return this.#inTurn(async (member) => ({
      members: await this.#hub.members(member, room ?? undefined),
    }));
  }

  /** ROOM. */
  rooms({ after }: Requests["ROOM"]): Promise<JsonObject> {
    return this.#inTurn(() =>
      after === null ? { rooms: this.#hub.rooms() } : { ...this.#hub.roomsAfter(after) }
    );
  }

  /** TOPC. A new topic counts as a message, since many members get its event. */
  topic({ room, text }: Requests["TOPC"]): Promise<JsonObject> {
    return this.#inTurn(async (member) => {
      if (text !== null) this.#checkRate();
      const { topics } = this.#hub;
      const topic = text === null ? topics.get(member, room) : await topics.set(member, room, text);
      return { room, ...(topic !== null && { topic }) };
    });
  }

  /** AWAY. */
  setAway({ text }: Requests["AWAY"]): Promise<JsonObject> {
    return this.#inTurn((member) => {
      this.#checkRate();
      this.#hub.setAway(member, text);
      return {};
    });
  }

  /** HIST. */
  history({ room, before, after, limit }: Requests["HIST"]): Promise<JsonObject> {
    return this.#inTurn(async (member) => ({
      messages: await this.#hub.history(member, room, {
        ...(before !== undefined && { before }),
        ...(after !== undefined && { after }),
        ...(limit !== undefined && { limit }),
      }),
    }));
  }

  /** SEND. */
  async send(request: Requests["SEND"]): Promise<JsonObject> {
    if (this.#barrier !== null) await this.#barrier;
    const member = this.#context.identity.checkChat();
    this.#checkRate();
    const { text } = request;
    if ("room" in request) return await this.#sendToRoom(member, request.room, text);
    const isCommand = foldNick(request.to) === foldNick(SERVER_NAME);
    if (isCommand) return await this.#runCommand(member, text);
    return { ...await this.#hub.sendPrivately(member, request.to, text) };
  }

  async #sendToRoom(member: Member, room: string, text: string): Promise<JsonObject> {
    const { services: { settings, stats }, identity } = this.#context;
    const { nick } = member;
    const sent = await this.#hub.send(member, room, text);
    stats.messages++;
    settings.onEvent({ event: "chat", ...identity.label, nick, room, text });
    return { ...sent };
  }

  /** Runs a private message of an admin to the server as a console command. Notices answer it. */
  async #runCommand(member: Member, line: string): Promise<JsonObject> {
    const { services: { settings }, identity } = this.#context;
    const { onCommand } = settings;
    if (!identity.has("admin") || onCommand === null) throw new RequestError("denied");
    settings.onEvent({ event: "command", ...identity.label, line });
    for (const answer of await onCommand(line, identity.id)) this.#hub.noticeTo(member, answer);
    return { time: Date.now() };
  }

  get #hub() {
    return this.#context.services.hub;
  }

  #checkRate(): void {
    if (this.#rateLimit.take()) return;
    const { retryAfterMs } = this.#rateLimit;
    throw new RequestError("rate-limited", undefined, { retryAfterMs });
  }

  async #inTurn(work: (member: Member) => Promise<JsonObject> | JsonObject): Promise<JsonObject> {
    const before = this.#barrier;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#barrier = promise;
    try {
      if (before !== null) await before;
      return await work(this.#context.identity.checkChat());
    } finally {
      if (this.#barrier === promise) this.#barrier = null;
      resolve();
    }
  }
}
