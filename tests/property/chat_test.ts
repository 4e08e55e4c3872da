import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { encodeEvent } from "../../lib/protocol/chat_events.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { GREETING, Guest, type ReceivedMessage, TestHub } from "../helpers/chat.ts";
import { flushTasks } from "../helpers/fake_clock.ts";

const ROOMS = ["lobby", "a", "b"];
const NICKS = ["x", "y", "X", "guest-1", "guest-3", "z"];

const byClient = { client: fc.nat(5) };
const inRoom = { ...byClient, room: fc.constantFrom(...ROOMS) };
const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("enter"), protocol: fc.constantFrom(1, 2) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave"), ...byClient }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("upgrade"), ...byClient }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("join"), ...inRoom }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("part"), ...inRoom }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("send"), ...inRoom }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("rename"),
      ...byClient,
      nick: fc.constantFrom(...NICKS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("turn") }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("read"), ...byClient }) },
) as fc.Arbitrary<Action>;

interface Action {
  readonly kind:
    | "enter"
    | "leave"
    | "upgrade"
    | "join"
    | "part"
    | "send"
    | "rename"
    | "turn"
    | "read";
  /** An index into the clients. */
  readonly client: number;
  readonly room: string;
  readonly nick: string;
  readonly protocol: 1 | 2;
}

/** A message, as every member must receive it. */
interface SentMessage {
  readonly author: Guest | null;
  readonly from: string;
  readonly text: string;
}

/** An answer of a session, sent among the events. */
type Answer =
  | {
    readonly done: "join";
    readonly room: string;
    readonly members: readonly string[];
    readonly seq: number;
  }
  | { readonly done: "part" | "upgrade"; readonly room: string; readonly seq: number };

/** All messages by room and number, and their count, pending ones included. */
class Transcript {
  readonly #rooms = new Map(
    ROOMS.map((room) => [room, { count: 0, messages: new Map<number, SentMessage>() }]),
  );

  add(room: string, message: SentMessage, sent: Promise<{ seq: number }>): void {
    const { messages } = this.#room(room);
    this.#room(room).count++;
    sent.then(({ seq }) => {
      assert(!messages.has(seq), "a number is given twice");
      messages.set(seq, message);
    });
  }

  count(room: string): number {
    return this.#room(room).count;
  }

  message(room: string, seq: number): SentMessage {
    return this.#room(room).messages.get(seq)!;
  }

  #room(room: string) {
    return this.#rooms.get(room)!;
  }
}

/** A client that tracks the members of its rooms, and the last message read. */
class Client {
  readonly guest: Guest;
  readonly received: ReceivedMessage[] = [];
  /** The joined rooms; the members of the lobby are unknown until a JOIN. */
  readonly rooms = new Map<string, { members: Set<string>; seq: number }>();
  readonly #transcript: Transcript;
  /** The number of the last message of the lobby that came as a line. */
  #lineSeq: number;

  constructor(hub: TestHub, transcript: Transcript, protocol: 1 | 2) {
    this.guest = new Guest(hub, { protocol });
    const before = hub.rooms().find(({ room }) => room === "lobby")!.seq;
    this.#transcript = transcript;
    this.#lineSeq = before;
    if (protocol === 2) this.rooms.set("lobby", { members: new Set(), seq: before });
  }

  /** Sends an answer among the events. */
  answer(answer: Answer): void {
    this.guest.writer.send(encodeEvent({ event: "notice", text: JSON.stringify(answer) }));
  }

  /** Processes the received events, and checks every number. */
  understand(): void {
    for (const message of this.received.splice(0)) this.#onReceived(message);
  }

  /** Checks that the client has read all messages of a joined room. */
  assertRead(room: string): void {
    if (this.guest.member.protocol === 1) {
      this.#skipOwn();
      assertEquals(this.#lineSeq, this.#transcript.count("lobby"));
    } else assertEquals(this.rooms.get(room)?.seq, this.#transcript.count(room), room);
  }

  #onReceived(message: ReceivedMessage): void {
    if (typeof message === "string") return this.#onLine(message);
    if (message.event === "notice") return this.#onAnswer(JSON.parse(message.text));
    if (message.event === "nick") {
      for (const { members } of this.rooms.values()) {
        if (members.delete(message.old)) members.add(message.nick);
      }
    } else if (message.event === "joined" || message.event === "left") {
      const { members } = this.rooms.get(message.room)!;
      if (message.event === "joined") members.add(message.nick);
      else members.delete(message.nick);
    } else if (message.event === "message" && "room" in message) {
      const room = this.rooms.get(message.room)!;
      assertEquals(message.seq, ++room.seq, "a message is missing, doubled or out of place");
      const { from, text } = this.#transcript.message(message.room, message.seq);
      assertEquals([message.from, message.text], [from, text]);
    }
  }

  #onLine(line: string): void {
    this.#skipOwn();
    const { from, text } = this.#transcript.message("lobby", ++this.#lineSeq);
    assertEquals(line, `[${from}]: ${text}`);
  }

  /** The client's own messages do not come back in protocol 1. */
  #skipOwn(lastSeq = Infinity): void {
    while (this.#lineSeq < lastSeq) {
      if (this.#transcript.message("lobby", this.#lineSeq + 1)?.author !== this.guest) return;
      this.#lineSeq++;
    }
  }

  #onAnswer(answer: Answer): void {
    const known = this.rooms.get(answer.room);
    if (answer.done === "join") {
      if (known !== undefined) assertEquals(known.seq, answer.seq);
      this.rooms.set(answer.room, { members: new Set(answer.members), seq: answer.seq });
    } else if (answer.done === "part") {
      assertEquals(known?.seq, known && answer.seq);
      this.rooms.delete(answer.room);
    } else {
      this.#skipOwn(answer.seq);
      assertEquals(this.#lineSeq, answer.seq);
      this.rooms.set("lobby", { members: new Set(), seq: answer.seq });
    }
  }
}

/** A hub with its clients, and the messages that they must receive. */
class World implements Disposable {
  readonly hub = new TestHub();
  readonly transcript = new Transcript();
  readonly clients: Client[] = [];
  readonly gone: Client[] = [];
  #texts = 0;

  async run(action: Action): Promise<void> {
    if (action.kind === "turn") return await flushTasks();
    if (action.kind === "enter") return await this.#enter(action.protocol);
    const client = this.clients[action.client];
    if (client === undefined) return;
    if (action.kind === "read") client.received.push(...await client.guest.received());
    else if (action.kind === "leave") this.#leave(client);
    else if (action.kind === "upgrade") await this.#upgrade(client);
    else if (client.guest.member.protocol === 2) await this.#chat(client, action);
    else if (action.kind === "send") this.#send(client.guest, "lobby");
  }

  /** Delivers all events, and checks the state of every client. */
  async check(): Promise<void> {
    // A message announces its author, so no joins stay pending
    for (const { guest } of this.clients) {
      if (guest.member.protocol === 1) this.#send(guest, "lobby");
    }
    for (const { room } of this.hub.rooms()) this.#say(room);
    await flushTasks();
    for (const client of [...this.clients, ...this.gone]) {
      client.received.push(...await client.guest.received());
      client.understand();
    }
    for (const client of this.clients) await this.#checkClient(client);
  }

  async #checkClient(client: Client): Promise<void> {
    const { member } = client.guest;
    const rooms = ROOMS.filter((room) => this.hub.maySpeakIn(member, room));
    if (member.protocol === 2) assertEquals([...client.rooms.keys()].sort(), rooms.toSorted());
    for (const room of rooms) {
      client.assertRead(room);
      if (member.protocol === 1) continue;
      const nicks = (await this.hub.members(member, room)).map(({ nick }) => nick);
      assertEquals([...client.rooms.get(room)!.members].sort(), nicks.sort(), room);
    }
  }

  async #enter(protocol: 1 | 2): Promise<void> {
    if (this.clients.length === 6) return;
    const client = new Client(this.hub, this.transcript, protocol);
    this.clients.push(client);
    if (protocol === 2) await this.#join(client, "lobby");
  }

  #leave(client: Client): void {
    this.hub.leave(client.guest.member);
    this.gone.push(...this.clients.splice(this.clients.indexOf(client), 1));
  }

  async #upgrade(client: Client): Promise<void> {
    if (client.guest.member.protocol === 2) return;
    this.hub.upgrade(client.guest.member, GREETING);
    client.answer({ done: "upgrade", room: "lobby", seq: this.transcript.count("lobby") });
    await this.#join(client, "lobby");
  }

  async #chat(client: Client, { kind, room, nick }: Action): Promise<void> {
    const { member } = client.guest;
    if (kind === "join") await this.#join(client, room);
    else if (kind === "part") {
      this.hub.part(member, room);
      client.answer({ done: "part", room, seq: this.transcript.count(room) });
    } else if (kind === "send" && this.hub.maySpeakIn(member, room)) this.#send(client.guest, room);
    else if (kind === "rename") {
      try {
        await this.hub.rename(member, nick);
      } catch (error) {
        assert(error instanceof RequestError && ["exists", "denied"].includes(error.code));
      }
    }
  }

  async #join(client: Client, room: string): Promise<void> {
    client.answer({ done: "join", room, ...await this.hub.join(client.guest.member, room) });
  }

  #send(author: Guest, room: string): void {
    const text = `${++this.#texts}`;
    const { nick } = author.member;
    this.transcript.add(
      room,
      { author, from: nick, text },
      this.hub.send(author.member, room, text),
    );
  }

  #say(room: string): void {
    const text = `${++this.#texts}`;
    const message = { author: null, from: "SERVER", text };
    this.transcript.add(room, message, this.hub.sayAsServer(room, text));
  }

  [Symbol.dispose](): void {
    this.hub[Symbol.dispose]();
  }
}

Deno.test("Hub: after any actions, every client has each message once and in order, and the members", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 60 }), async (actions) => {
      using world = new World();
      for (const action of actions) await world.run(action);
      await world.check();
    }),
    { numRuns: 200 },
  );
});
