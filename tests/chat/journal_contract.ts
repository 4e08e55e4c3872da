import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { Journal, JournalTarget, StoredEntry } from "../../lib/chat/journal.ts";
import { Member } from "../../lib/chat/member.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { within } from "../helpers/deadline.ts";
import { StepSink } from "../helpers/step_sink.ts";
import { through } from "../helpers/through.ts";

/** The storage of a journal under test. Disposal removes it; the test closes the journal. */
export interface JournalStorage extends AsyncDisposable {
  /** Opens a journal on the stored entries. Only one journal is open at a time. */
  open(target: JournalTarget): Journal;
  /** Makes storing fail. */
  break(): void | Promise<void>;
  /** Makes storing work again. */
  repair(): void | Promise<void>;
}

/** Records the delivered entries in their order. */
class RecordingTarget implements JournalTarget {
  readonly stored: StoredEntry[] = [];
  /** Called at each delivery, before its entries are recorded. */
  onDeliver: () => void = () => {};

  lastSeq(room: string): number {
    return Math.max(0, ...this.seqs(room));
  }

  deliver(stored: readonly StoredEntry[]): void {
    this.onDeliver();
    this.stored.push(...stored);
  }

  seqs(room: string): number[] {
    return this.#in(room).map(({ event }) => event.seq);
  }

  texts(room: string): string[] {
    return this.#in(room).map(({ event }) => event.event === "message" ? event.text : event.path);
  }

  #in(room: string): StoredEntry[] {
    return this.stored.filter(({ event }) => event.room === room);
  }
}

/** A journal with its target and storage. Disposal closes the journal. */
class Fixture implements AsyncDisposable {
  readonly storage: JournalStorage;
  target = new RecordingTarget();
  journal: Journal;

  constructor(storage: JournalStorage) {
    this.storage = storage;
    this.journal = storage.open(this.target);
  }

  /** Appends a message, and resolves to its number. */
  async say(room: string, text: string, author: Member | null = null): Promise<number> {
    const draft = { event: "message", from: "ana", text, time: 1_000 } as const;
    return (await this.journal.append({ room, draft }, author)).seq;
  }

  /** Appends several messages at once, and resolves to their numbers. */
  async sayAll(room: string, texts: readonly string[]): Promise<number[]> {
    return await within(Promise.all(texts.map((text) => this.say(room, text))), "all outcomes");
  }

  /** Closes the journal, and opens another journal with a new target. */
  reopen(): void {
    this.journal.close();
    this.target = new RecordingTarget();
    this.journal = this.storage.open(this.target);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.journal.close();
    await this.storage[Symbol.asyncDispose]();
  }
}

/** The codes of the errors of failing entries. */
async function failures(work: readonly Promise<unknown>[]): Promise<string[]> {
  const errors = work.map((each) => assertRejects(() => each, RequestError));
  return (await within(Promise.all(errors), "all failures")).map(({ code }) => code);
}

/** Texts numbered from `first` to `last`. */
function texts(first: number, last: number): string[] {
  return through(first, last).map((number) => `message ${number}`);
}

function member(nick: string): Member {
  const outlet = new FrameWriter(new StepSink(), { onOverflow: () => {}, onError: () => {} });
  return new Member({ nick, user: null, protocol: 2, outlet, present: true });
}

/** The tests that every {@link Journal} has to pass. */
export function testJournal(
  name: string,
  openStorage: () => JournalStorage | Promise<JournalStorage>,
): void {
  const test = (what: string, run: (fixture: Fixture) => Promise<void>) => {
    Deno.test(`${name}: ${what}`, async () => {
      await using fixture = new Fixture(await openStorage());
      await run(fixture);
    });
  };

  test("append resolves to number and time, once its entry is delivered", async (fixture) => {
    const { journal, target } = fixture;
    const steps: string[] = [];
    target.onDeliver = () => steps.push("delivered");
    const draft = { event: "message", from: "ana", text: "olá", time: 1_234 } as const;
    const outcome = await journal.append({ room: "lobby", draft }, null);
    steps.push("resolved");
    assertEquals(steps, ["delivered", "resolved"]);
    const event = { ...draft, seq: 1, room: "lobby", time: outcome.time };
    assertEquals(outcome.seq, 1);
    assertEquals(target.stored.length, 1);
    const [stored] = target.stored;
    assertEquals([stored?.event, stored?.author], [event, null]);
    assertEquals(JSON.parse(stored!.json), event);
  });

  test("numbers the entries of each room from 1, in the order of append", async (fixture) => {
    const rooms = ["a", "b", "c"];
    const appended = through(1, 300).map((i) => fixture.say(rooms[i % 3]!, `message ${i}`));
    const seqs = await within(Promise.all(appended), "all outcomes");
    assertEquals(seqs, through(1, 300).map((i) => Math.ceil(i / 3)));
    for (const [i, room] of rooms.entries()) {
      assertEquals(fixture.target.seqs(room), through(1, 100));
      const inRoom = through(1, 300).filter((number) => number % 3 === i);
      assertEquals(fixture.target.texts(room), inRoom.map((number) => `message ${number}`));
    }
  });

  test("keeps the order of any number of entries appended at once", async (fixture) => {
    for (const [first, last] of [[1, 999], [1_000, 1_999], [2_000, 5_500]] as const) {
      assertEquals(await fixture.sayAll("lobby", texts(first, last)), through(first, last));
    }
    assertEquals(fixture.target.seqs("lobby"), through(1, 5_500));
    assertEquals(fixture.target.texts("lobby"), texts(1, 5_500));
  });

  test("keeps the order with flushes between appends", async (fixture) => {
    const appended: Promise<number>[] = [];
    for (const text of texts(1, 20)) {
      appended.push(fixture.say("lobby", text));
      if (appended.length % 3 === 0) fixture.journal.flush();
      if (appended.length % 7 === 0) await appended.at(-1);
    }
    assertEquals(await within(Promise.all(appended), "all outcomes"), through(1, 20));
    assertEquals(fixture.target.texts("lobby"), texts(1, 20));
    fixture.journal.flush(); // Nothing waits
    assertEquals(fixture.target.stored.length, 20);
  });

  test("delivers an entry appended during a delivery after that delivery", async (fixture) => {
    let isFirst = true;
    let reply: Promise<number> | null = null;
    fixture.target.onDeliver = () => {
      if (isFirst) reply = fixture.say("lobby", "reply");
      isFirst = false;
    };
    assertEquals(await fixture.sayAll("lobby", texts(1, 3)), [1, 2, 3]);
    assertEquals(await reply, 4);
    assertEquals(fixture.target.texts("lobby"), [...texts(1, 3), "reply"]);
  });

  test("append rejects if its entry cannot be stored, and never delivers it", async (fixture) => {
    const { storage, target } = fixture;
    await fixture.say("lobby", "before");
    await storage.break();
    const lost = ["lobby", "lobby", "other"].map((room) => fixture.say(room, "lost"));
    for (const code of await failures(lost)) {
      assert(["no-space", "busy", "internal"].includes(code));
    }
    await storage.repair();
    // The next entry gets the number of the lost entry
    assertEquals(await fixture.sayAll("lobby", ["after", "at last"]), [2, 3]);
    assertEquals(await fixture.say("other", "first"), 1);
    assertEquals(target.texts("lobby"), ["before", "after", "at last"]);
    assertEquals(target.texts("other"), ["first"]);
    fixture.reopen();
    assertEquals(await fixture.say("lobby", "on"), 4);
  });

  test("after runs its action at once without pending entries", async (fixture) => {
    let runs = 0;
    fixture.journal.after(() => runs++);
    assertEquals(runs, 1);
    await fixture.say("lobby", "hi");
    fixture.journal.after(() => runs++);
    assertEquals(runs, 2);
  });

  test("after runs its action once all earlier entries are delivered", async (fixture) => {
    const { journal, target } = fixture;
    const appended: Promise<number>[] = [];
    const delivered: number[] = [];
    const ran = through(1, 3).map((round) => {
      for (const room of ["a", "b"]) appended.push(fixture.say(room, `round ${round}`));
      return new Promise<void>((resolve) =>
        journal.after(() => {
          delivered.push(target.stored.length);
          resolve();
        })
      );
    });
    await within(Promise.all(ran), "all actions");
    // Later entries may be delivered by then, but never before earlier entries
    assertEquals(delivered.length, 3);
    for (const [i, count] of delivered.entries()) assert(count >= 2 * (i + 1), `${delivered}`);
    await Promise.all(appended);
    assertEquals(target.stored.length, 6);
  });

  test("after runs its action even if earlier entries cannot be stored", async (fixture) => {
    await fixture.storage.break();
    const lost = fixture.say("lobby", "lost");
    const ran = Promise.withResolvers<void>();
    fixture.journal.after(ran.resolve);
    assertEquals((await failures([lost])).length, 1);
    await within(ran.promise, "the action");
    await fixture.storage.repair();
  });

  test("an action of after can append the next entry", async (fixture) => {
    const before = fixture.say("lobby", "before");
    const { promise, resolve } = Promise.withResolvers<number>();
    fixture.journal.after(() => resolve(fixture.say("lobby", "in the action")));
    assertEquals(await within(Promise.all([before, promise]), "both outcomes"), [1, 2]);
  });

  test("caughtUp resolves once all acknowledged entries are delivered", async (fixture) => {
    await within(fixture.journal.caughtUp(), "a journal without entries");
    await fixture.sayAll("lobby", texts(1, 10));
    await within(fixture.journal.caughtUp(), "the journal to catch up");
    assertEquals(fixture.target.seqs("lobby"), through(1, 10));
  });

  test("delivers each entry with its author", async (fixture) => {
    const [ana, bob] = [member("ana"), member("bob")];
    const authors = [ana, null, bob, ana];
    await Promise.all(authors.map((author, i) => fixture.say("lobby", `${i}`, author)));
    for (const [i, { author }] of fixture.target.stored.entries()) {
      assertStrictEquals(author, authors[i]);
    }
    assertEquals(fixture.target.texts("lobby"), ["0", "1", "2", "3"]);
  });

  test("delivers a shared file unchanged", async (fixture) => {
    const file = { path: "f/a.txt", size: 5, sha256: "ab".repeat(32) };
    const draft = { event: "file", from: "ana", time: 5, ...file } as const;
    const outcome = await fixture.journal.append({ room: "lobby", draft }, null);
    const { event, json } = fixture.target.stored[0]!;
    assertEquals(event, { ...draft, ...outcome, room: "lobby" });
    assertEquals(event.seq, 1);
    assertEquals(JSON.parse(json), event);
  });

  test("close stores waiting entries, and refuses later entries", async (fixture) => {
    const { journal, target } = fixture;
    const appended = texts(1, 5).map((text) => fixture.say("lobby", text));
    journal.close();
    const late = fixture.say("lobby", "late");
    assertEquals(await failures([late]), ["shutting-down"]);
    assertEquals(await within(Promise.all(appended), "the waiting entries"), through(1, 5));
    journal.close();
    journal.flush();
    let ran = false;
    journal.after(() => ran = true);
    assert(ran);
    assertEquals(target.texts("lobby"), texts(1, 5));
  });

  test("continues the numbers of an earlier journal with the same storage", async (fixture) => {
    await fixture.sayAll("lobby", texts(1, 3));
    await fixture.say("other", "only one");
    fixture.reopen();
    assertEquals(await fixture.sayAll("lobby", texts(4, 6)), [4, 5, 6]);
    assertEquals(await fixture.say("other", "second"), 2);
    assertEquals(fixture.target.seqs("lobby"), [4, 5, 6]);
  });
}
