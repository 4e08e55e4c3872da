import type { Member } from "../../chat/member.ts";
import { foldNick, SERVER_NAME } from "../../protocol/chat_names.ts";
import { RequestError } from "../../protocol/errors.ts";
import type {
  HistoryRequest,
  MessageRequest,
  Request,
  RequestOf,
} from "../../protocol/requests.ts";
import type { ServerServices } from "../context/services.ts";
import type { ChatRateLimit } from "./chat_rate_limit.ts";
import type { ClientIdentity } from "../context/client_identity.ts";

/** The requests of the chat. */
export type ChatRequest = RequestOf<
  "NICK" | "JOIN" | "PART" | "SEND" | "WHOS" | "ROOM" | "HIST"
>;

const TYPES: ReadonlySet<Request["type"]> = new Set([
  "NICK",
  "JOIN",
  "PART",
  "SEND",
  "WHOS",
  "ROOM",
  "HIST",
]);

/** Whether a request is one of the chat. */
export function isChatRequest(request: Request): request is ChatRequest {
  return TYPES.has(request.type);
}

/** Answers the chat requests of one client. */
export class ChatRequests {
  readonly #services: ServerServices;
  readonly #identity: ClientIdentity;
  readonly #budget: ChatRateLimit;

  /** Speaks in the name of a client. */
  constructor(services: ServerServices, identity: ClientIdentity, budget: ChatRateLimit) {
    this.#services = services;
    this.#identity = identity;
    this.#budget = budget;
  }

  /**
   * What DONE tells beside the number of the request.
   *
   * @throws {RequestError}
   */
  async answer(request: ChatRequest): Promise<Record<string, unknown>> {
    const { hub } = this.#services;
    const member = this.#identity.checkChat();
    switch (request.type) {
      case "NICK":
        return { nick: await this.#rename(member, request.nick) };
      case "JOIN":
        return { room: request.room, ...await hub.join(member, request.room) };
      case "PART":
        hub.part(member, request.room);
        return { room: request.room };
      case "SEND":
        return await this.#send(member, request);
      case "WHOS":
        return { members: await hub.members(member, request.room ?? undefined) };
      case "ROOM":
        return { rooms: hub.rooms() };
      case "HIST":
        return { messages: await this.#history(member, request) };
    }
  }

  /** It is told to many, so it counts like a message. */
  async #rename(member: Member, nick: string): Promise<string> {
    if (!this.#budget.take()) throw new RequestError("rate-limited");
    return await this.#services.hub.rename(member, nick);
  }

  async #send(
    member: Member,
    request: MessageRequest,
  ): Promise<Record<string, unknown>> {
    const { hub, settings, stats } = this.#services;
    if (!this.#budget.take()) throw new RequestError("rate-limited");
    const { text } = request;
    if ("to" in request) {
      const isToServer = foldNick(request.to) === foldNick(SERVER_NAME);
      if (isToServer) return await this.#command(member, text);
      return { ...await hub.sendTo(member, request.to, text) };
    }
    const { room } = request;
    const { nick } = member;
    const sent = await hub.send(member, room, text);
    stats.messages++;
    settings.onEvent({ event: "chat", ...this.#identity.label, nick, room, text });
    return { ...sent };
  }

  /** What an admin says to the server is a line of its console; the answer comes as notices. */
  async #command(member: Member, line: string): Promise<Record<string, unknown>> {
    const { settings, hub } = this.#services;
    const { onCommand } = settings;
    if (!this.#identity.has("admin") || onCommand === null) throw new RequestError("denied");
    settings.onEvent({ event: "command", ...this.#identity.label, line });
    for (const answer of await onCommand(line)) hub.noticeTo(member, answer);
    return { time: Date.now() };
  }

  #history(member: Member, { room, before, after, limit }: HistoryRequest) {
    return this.#services.hub.history(member, room, {
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      ...(limit !== undefined && { limit }),
    });
  }
}
