import type { DatabaseSync } from "node:sqlite";
import { Hub } from "../../lib/chat/hub.ts";
import type { HubOptions } from "../../lib/chat/hub_options.ts";
import { type LocalStoreOptions, openLocalStore } from "../../lib/chat/local_journal.ts";
import type { Member } from "../../lib/chat/member.ts";
import { IN_MEMORY, openDatabase } from "../../lib/files/database.ts";
import type { ChatEvent } from "../../lib/protocol/chat_events.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { DEADLINE_MS } from "./deadline.ts";
import { parseSlowly } from "./frames.ts";
import { ascii, StepSink } from "./step_sink.ts";

/** Options of a hub and its history. */
export interface TestHubOptions extends HubOptions, LocalStoreOptions {}

/** A hub with its own database. Disposal closes both. */
export class TestHub extends Hub implements Disposable {
  readonly database: DatabaseSync;
  /** Errors of the history. */
  readonly historyErrors: unknown[];

  constructor(options: TestHubOptions = {}, path = IN_MEMORY) {
    const database = openDatabase(path);
    const errors: unknown[] = [];
    super(
      openLocalStore(database, { onHistoryError: (error) => errors.push(error), ...options }),
      options,
    );
    this.database = database;
    this.historyErrors = errors;
  }

  [Symbol.dispose](): void {
    this.close();
    this.database.close();
  }
}

/** What a client that logs in nowhere says in HELO. */
export const GREETING = { present: true, names: true, resume: null, login: false } as const;

/** Options of a {@link Guest}. */
export interface GuestOptions {
  readonly protocol?: 1 | 2;
  readonly user?: string;
  readonly outboundBytes?: number;
}

/** A received message: an event, or the text of a CHAT frame. */
export type ReceivedMessage = ChatEvent | string;

const decoder = new TextDecoder();

/** A member of the chat, and the frames it receives. Guests of a hub are numbered. */
export class Guest {
  static readonly #counts = new WeakMap<Hub, number>();
  readonly sink = new StepSink();
  readonly overflows: unknown[] = [];
  readonly writer: FrameWriter;
  readonly member: Member;
  #readWrites = 0;

  /** Enters the chat, by default with protocol 2. */
  constructor(hub: Hub, { protocol = 2, user, outboundBytes }: GuestOptions = {}) {
    const number = (Guest.#counts.get(hub) ?? 0) + 1;
    Guest.#counts.set(hub, number);
    this.writer = new FrameWriter(this.sink, {
      onOverflow: () => {
        this.overflows.push(null);
        hub.leave(this.member);
      },
      onError: () => {},
    }, outboundBytes);
    this.member = hub.enter({ outlet: this.writer, protocol, number, user: user ?? null });
  }

  /** Completes all writes, and returns the messages since the last call. */
  async received(): Promise<ReceivedMessage[]> {
    await this.sink.completeAll();
    const writes = this.sink.writes.slice(this.#readWrites);
    this.#readWrites = this.sink.writes.length;
    return messagesIn(writes.join(""));
  }

  /** Like `received`, but waits for a message that fits. */
  async receivedUntil(fits: (message: ReceivedMessage) => boolean): Promise<ReceivedMessage[]> {
    const giveUpMs = performance.now() + DEADLINE_MS;
    const all = await this.received();
    while (!all.some(fits)) {
      if (performance.now() > giveUpMs) throw new Error(`Waited too long after ${all.map(brief)}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
      all.push(...await this.received());
    }
    return all;
  }

  /** The messages since the last call, each in one line. */
  async lines(): Promise<string[]> {
    return (await this.received()).map(brief);
  }

  /** Like `lines`, but waits for the given line. */
  async linesUntil(line: string): Promise<string[]> {
    return (await this.receivedUntil((message) => brief(message) === line)).map(brief);
  }
}

function messagesIn(bytes: string): ReceivedMessage[] {
  const { frames, leftBytes } = parseSlowly(ascii(bytes));
  if (leftBytes > 0) throw new Error("A frame is cut");
  return frames.map(({ type, hex }) => {
    const text = decoder.decode(Uint8Array.fromHex(hex));
    if (type === "CHAT") return text;
    if (type === "EVNT") return JSON.parse(text);
    throw new Error(`Not a frame of the chat: ${type}`);
  });
}

/** A message in one line, without its time, for readable assertions. */
export function brief(message: ReceivedMessage): string {
  if (typeof message === "string") return message;
  switch (message.event) {
    case "message":
      if ("to" in message) return `${message.from} > ${message.to}: ${message.text}`;
      return `${message.room} ${message.seq} ${message.from}: ${message.text}`;
    case "file":
      return `${message.room} ${message.seq} ${message.from} shares ${message.path}`;
    case "nick":
      return `${message.old} = ${message.nick}`;
    case "notice":
      return `notice ${message.text}`;
    case "shutdown":
      return "shutdown";
    case "peers":
      return `peers ${message.peers.map(({ port }) => port).join(" ")}`;
    case "hidden":
      return `${message.room} ${message.seq} hidden`;
    default:
      return `${message.room} ${message.event} ${
        "nick" in message ? message.nick : `${message.from}: ${message.text}`
      }`;
  }
}

/** The lists in which the members of the lobby are. */
export const lobbyLists = (hub: TestHub, { member }: Guest) => [
  async () => (await hub.members(member, "lobby")).length,
  async () => (await hub.join(member, "lobby")).members.length,
  async () => (await hub.members(member)).length,
];
