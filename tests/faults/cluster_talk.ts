import { pause } from "../../lib/async/pause.ts";
import { connect } from "../../lib/client/connect.ts";
import { ReconnectingChat } from "../../lib/client/reconnecting_chat.ts";
import { within } from "../helpers/deadline.ts";
import { ELECTION_MS } from "../helpers/nats_engines.ts";
import { type Message, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { CheckError } from "./checks.ts";

/** The room in which all talk. */
export const ROOM = "faults";

/** How long a server may leave a message without an answer: NATS elects for up to 20 s. */
const ANSWER_MS = 2 * ELECTION_MS;
/** How many messages a speaker has under way. */
const WINDOW = 8;
/** A speaker says so much at the most: one message in so many milliseconds. */
const PACE_MS = 20;

/** Clients that use the servers without an end, and keep what came of it. */
export interface Actor extends AsyncDisposable {
  readonly name: string;
  /** What succeeded. */
  readonly done: { readonly size: number };
  /** Asks for no more, and resolves once nothing is under way. */
  rest(): Promise<void>;
  /** Goes on. */
  resume(): void;
}

/** Resolves once each actor has got so many more answers. */
export async function untilFlowing(
  actors: readonly Actor[],
  more: number,
  withinMs: number,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  const wanted = actors.map((actor) => ({ actor, size: actor.done.size + more }));
  for (const { actor, size } of wanted) {
    while (actor.done.size < size) {
      if (performance.now() > endMs) throw new CheckError(`${actor.name} is not answered`);
      await pause(20);
    }
  }
}

/** A client that says numbered texts. */
export interface Talker extends Actor {
  /** The number of each text that got DONE. */
  readonly done: ReadonlyMap<string, number>;
  /** The texts that got FAIL: they must never appear. */
  readonly failed: ReadonlySet<string>;
}

/** Whether an actor may go on. */
export class Turn {
  #open: PromiseWithResolvers<void> | null = null;

  rest(): void {
    this.#open ??= Promise.withResolvers();
  }

  resume(): void {
    this.#open?.resolve();
    this.#open = null;
  }

  async next(): Promise<void> {
    await pause(PACE_MS);
    await this.#open?.promise;
  }
}

/**
 * A bare connection of protocol 2 that says many texts before the first is answered. After the loss of a
 * connection it goes to the next server, and leaves open what came of the texts under way.
 */
export class Speaker implements Talker {
  readonly name: string;
  readonly done = new Map<string, number>();
  readonly failed = new Set<string>();
  readonly #turn = new Turn();
  readonly #ports: readonly number[];
  readonly #underWay = new Map<number, string>();
  readonly #run: Promise<void>;
  #peer: Protocol2Peer | null = null;
  #answered = Promise.withResolvers<void>();
  #said = 0;
  #isOver = false;

  /** @param ports of all servers; it begins at the first */
  constructor(name: string, ports: readonly number[]) {
    this.name = name;
    this.#ports = ports;
    this.#run = this.#loop();
  }

  async rest(): Promise<void> {
    this.#turn.rest();
    const left = async () => {
      while (this.#underWay.size > 0) await this.#answered.promise;
    };
    await within(left(), `${this.name} to be answered`, () => {}, ANSWER_MS);
  }

  resume(): void {
    this.#turn.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#turn.resume();
    this.#peer?.[Symbol.dispose]();
    await this.#run;
  }

  async #loop(): Promise<void> {
    for (let at = 0; !this.#isOver; at++) {
      try {
        const port = this.#ports[at % this.#ports.length]!;
        using peer = new Protocol2Peer(await RawPeer.connect(port, ANSWER_MS));
        this.#peer = peer;
        await this.#talk(peer);
      } catch {
        // The server has gone: the next one
      }
      this.#peer = null;
      this.#underWay.clear();
      this.#tell();
      await pause(100);
    }
  }

  async #talk(peer: Protocol2Peer): Promise<void> {
    await peer.send("HELO", { protocol: 2, agent: "test" });
    await peer.raw.expect("HELO");
    await peer.done(await peer.ask("JOIN", { room: ROOM }));
    const reading = this.#read(peer);
    reading.catch(() => peer[Symbol.dispose]());
    while (!this.#isOver && this.#peer === peer) {
      await Promise.race([this.#turn.next(), reading]);
      while (this.#underWay.size >= WINDOW) await Promise.race([this.#answered.promise, reading]);
      const text = `${this.name} ${++this.#said}`;
      const id = peer.newId();
      this.#underWay.set(id, text);
      await peer.send("SEND", { id, room: ROOM, text });
    }
  }

  async #read(peer: Protocol2Peer): Promise<never> {
    for (;;) {
      const message = await peer.read();
      peer.events.length = 0;
      if (message === null) throw new Error("The connection is lost");
      this.#take(message);
    }
  }

  #take({ type, json }: Message): void {
    const text = this.#underWay.get(Number(json.id));
    if (text === undefined) return;
    if (type === "DONE") this.done.set(text, Number(json.seq));
    if (type === "FAIL") this.failed.add(text);
    this.#underWay.delete(Number(json.id));
    this.#tell();
  }

  #tell(): void {
    this.#answered.resolve();
    this.#answered = Promise.withResolvers();
  }
}

/** A client as users have it: it connects again, and says again what was not answered and is not stored. */
export class Chatter implements Talker {
  readonly name: string;
  readonly done = new Map<string, number>();
  readonly failed = new Set<string>();
  /** The numbers of the messages of the room that it was told, in the order of telling. */
  readonly heard: number[] = [];
  /** Messages that it was told are missing. */
  missed = 0;
  readonly #turn = new Turn();
  #chat: ReconnectingChat<Awaited<ReturnType<typeof connect>>> | null = null;
  #run: Promise<void> = Promise.resolve();
  #isOver = false;
  #isSaying: Promise<void> = Promise.resolve();

  constructor(name: string) {
    this.name = name;
  }

  /** Connects to a server. */
  async start(port: number): Promise<void> {
    this.#chat = await ReconnectingChat.start({
      hostname: "127.0.0.1",
      port,
      rooms: [ROOM],
      history: 0,
      retry: () => 200,
      onUpdate: (update) => {
        if (update.kind === "missed") this.missed += update.count;
        if (update.kind !== "event") return;
        const { event } = update;
        if (event.event === "message" && "room" in event && event.room === ROOM) {
          this.heard.push(event.seq);
        }
      },
    }, connect);
    this.#run = this.#loop(this.#chat);
  }

  async rest(): Promise<void> {
    this.#turn.rest();
    await within(this.#isSaying, `${this.name} to be answered`, () => {}, ANSWER_MS);
  }

  resume(): void {
    this.#turn.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#turn.resume();
    this.#chat?.close();
    await this.#run;
  }

  async #loop(chat: { say(text: string, to: { room: string }): Promise<{ seq: number | null }> }) {
    for (let number = 1; !this.#isOver; number++) {
      await this.#turn.next();
      if (this.#isOver) return;
      const text = `${this.name} ${number}`;
      const said = chat.say(text, { room: ROOM }).then(
        ({ seq }) => void this.done.set(text, seq ?? 0),
        () => void (this.#isOver || this.failed.add(text)),
      );
      this.#isSaying = said;
      await said;
    }
  }
}
