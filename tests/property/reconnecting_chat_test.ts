import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ChatUpdate } from "../../lib/client/chat_update.ts";
import type { RoomEvent } from "../../lib/protocol/chat_events.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";
import { ChatFixture } from "../helpers/chat_fixture.ts";
import { within } from "../helpers/deadline.ts";
import type { Cut } from "../helpers/frame_cutter.ts";
import type { Direction } from "../helpers/proxy.ts";

const ROOMS = ["lobby", "a", "b"];
const OWN_TEXTS = ["mine", "mine, too"];

type RoomAction = "bob says" | "say" | "join" | "part";
type Action =
  | { readonly kind: RoomAction; readonly room: string }
  | { readonly kind: "cut off" | "let back" | "restart" | "settle" }
  /** Cuts at the frame that way that comes after so many others. */
  | {
    readonly kind: "cut later";
    readonly frames: number;
    readonly way: Direction;
    readonly cut: Cut;
  };

function inRoom(kind: RoomAction): fc.Arbitrary<Action> {
  return fc.record({ kind: fc.constant(kind), room: fc.constantFrom(...ROOMS) });
}

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 8, arbitrary: inRoom("bob says") },
  { weight: 8, arbitrary: inRoom("say") },
  { weight: 3, arbitrary: inRoom("join") },
  { weight: 2, arbitrary: inRoom("part") },
  { weight: 2, arbitrary: fc.constant<Action>({ kind: "cut off" }) },
  { weight: 2, arbitrary: fc.constant<Action>({ kind: "let back" }) },
  { weight: 1, arbitrary: fc.constant<Action>({ kind: "restart" }) },
  { weight: 2, arbitrary: fc.constant<Action>({ kind: "settle" }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("cut later" as const),
      frames: fc.nat(8),
      way: fc.constantFrom("up", "down"),
      cut: fc.record({
        place: fc.constantFrom("before", "middle", "after"),
        how: fc.constantFrom("close", "reset"),
      }),
    }),
  },
);

/** A message that the chat was told to say. */
interface Saying {
  readonly room: string;
  readonly text: string;
  /** Its number, once it has one. */
  seq: number | null;
  /** The server may have it, though nobody knows. */
  isLost: boolean;
}

/** What the chat knows of a room that it is in. */
interface Knowledge {
  /** The number of the last message when it began to join; `Infinity` where others spoke meanwhile. */
  joinedSeq: number;
  /** The number of the last message that was told or missed; `null` before the first one. */
  seq: number | null;
}

/** A chat, what it is told to do, and what must come of it. */
class World {
  readonly #fixture: ChatFixture;
  readonly #keep: number;
  readonly #sayings: Saying[] = [];
  readonly #rooms = new Map<string, Knowledge>();
  readonly #wrong: string[] = [];
  #work: Promise<void>[] = [];

  constructor(fixture: ChatFixture, keep: number) {
    this.#fixture = fixture;
    this.#keep = keep;
    this.#rooms.set("lobby", { joinedSeq: fixture.said("lobby").length, seq: null });
    fixture.onUpdate = (update) => this.#onUpdate(update);
  }

  async carryOut(action: Action): Promise<void> {
    const fixture = this.#fixture;
    switch (action.kind) {
      case "bob says":
        return void await fixture.bobSays(action.room, "bob's");
      case "say":
        return this.#say(action.room, OWN_TEXTS[this.#sayings.length % 3 % 2]!);
      case "join":
        return await this.#join(action.room);
      case "part":
        return await this.#part(action.room);
      case "cut later":
        return this.#cutLater(action.frames, action.way, action.cut);
      case "cut off":
        return fixture.cutOff();
      case "let back":
        return fixture.letBack();
      case "restart":
        return await fixture.restart();
      case "settle":
        return await this.#settle();
    }
  }

  /** Has everything told, and checks that the chat knows all, and that the server has all. */
  async check(): Promise<void> {
    const fixture = this.#fixture;
    fixture.cutter.decide = () => null;
    await this.#settle();
    for (const room of ROOMS) {
      const seq = await fixture.bobSays(room, "bob's last");
      if (fixture.chat.rooms.includes(room)) await fixture.waitForMessage(room, seq);
      this.#checkSaid(room);
    }
    assertEquals(fixture.chat.rooms.toSorted(), [...this.#rooms.keys()].sort());
    assertEquals(this.#wrong, []);
  }

  #say(room: string, text: string): void {
    const saying: Saying = { room, text, seq: null, isLost: false };
    this.#sayings.push(saying);
    this.#work.push(
      this.#fixture.chat.say(text, { room }).then(
        ({ seq }) => void (saying.seq = seq),
        (error) => {
          saying.isLost = error instanceof ConnectionError;
          assertIsExpected(error);
        },
      ),
    );
  }

  async #join(room: string): Promise<void> {
    const { chat } = this.#fixture;
    const joinedSeq = this.#fixture.said(room).length;
    if (!this.#rooms.has(room)) this.#rooms.set(room, { joinedSeq, seq: null });
    await chat.join(room).catch(assertIsExpected);
    if (!chat.rooms.includes(room)) this.#rooms.delete(room);
  }

  async #part(room: string): Promise<void> {
    await this.#fixture.chat.part(room).then(() => this.#rooms.delete(room), assertIsExpected);
  }

  #cutLater(frames: number, way: Direction, cut: Cut): void {
    let left = frames;
    this.#fixture.cutter.decide = ({ direction }) => {
      if (direction !== way || left-- > 0) return null;
      this.#fixture.cutter.decide = () => null;
      return cut;
    };
  }

  /** Lets the chat come back, and waits for all that it was told to do. */
  async #settle(): Promise<void> {
    const { chat } = this.#fixture;
    this.#fixture.letBack();
    await within(Promise.all(this.#work.splice(0)), "all that the chat was told to say");
    await within(chat.run((client) => client.chat.rooms(), () => 0), "an answer to the chat");
  }

  #onUpdate(update: ChatUpdate): void {
    if (update.kind === "entered") this.#onEntered(update.room);
    else if (update.kind === "missed") this.#onMissed(update.room, update.count);
    else if (update.kind === "event" && "from" in update.event && "seq" in update.event) {
      this.#onMessage(update.event);
    }
  }

  #onMessage({ room, seq }: RoomEvent): void {
    const known = this.#rooms.get(room);
    if (known === undefined) return void this.#wrong.push(`${seq} of ${room}, which it has left`);
    const isNext = known.seq === null ? seq <= known.joinedSeq + 1 : seq === known.seq + 1;
    if (!isNext) this.#wrong.push(`${seq} of ${room} after ${known.seq}`);
    known.seq = seq;
  }

  #onEntered(room: string): void {
    const known = this.#rooms.get(room)!;
    if (known.seq !== null) return;
    if (known.joinedSeq === this.#fixture.said(room).length) known.seq = known.joinedSeq;
    else known.joinedSeq = Infinity;
  }

  #onMissed(room: string, count: number): void {
    const known = this.#rooms.get(room)!;
    if (known.seq === null) return; // Nothing shows which these are
    known.seq += count;
    const isKept = known.seq > this.#fixture.said(room).length - this.#keep;
    if (isKept) this.#wrong.push(`${known.seq} of ${room} is missed, though it is in the history`);
  }

  #checkSaid(room: string): void {
    const texts = this.#fixture.said(room);
    for (const text of OWN_TEXTS) {
      const own = this.#sayings.filter((saying) => saying.room === room && saying.text === text);
      const seqs = own.flatMap(({ seq }) => seq === null ? [] : [seq]);
      assertEquals(new Set(seqs).size, seqs.length, "two messages have the same number");
      for (const seq of seqs) assertEquals(texts[seq - 1], text);
      const count = texts.filter((each) => each === text).length;
      const lost = own.filter(({ isLost }) => isLost).length;
      // What the history does not keep any more may be said again
      const most = this.#keep < 100 ? Infinity : seqs.length + lost;
      const isRight = count >= seqs.length && count <= most;
      assert(isRight, `${text} is ${count} times in ${room}: ${JSON.stringify(own)}`);
    }
  }
}

function assertIsExpected(error: unknown): void {
  assert(error instanceof RequestError || error instanceof ConnectionError, `${error}`);
}

Deno.test("ReconnectingChat: tells each message once and in order, and says each once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(0, 1, 3, 1_000),
      fc.array(action, { maxLength: 30 }),
      async (keep, actions) => {
        await using fixture = await ChatFixture.start({ keep });
        await fixture.bobSays("lobby", "bob's first");
        const world = new World(fixture, keep);
        await fixture.connect();
        for (const action of actions) await world.carryOut(action);
        await world.check();
      },
    ),
    { numRuns: 200 },
  );
});
