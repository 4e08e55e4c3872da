import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Member } from "../../lib/chat/member.ts";
import type { MemberRow } from "../../lib/chat/remote_member.ts";
import { decodeMessage } from "../../lib/cluster/bus_request.ts";
import { BusError } from "../../lib/cluster/engine.ts";
import { OwnRoster } from "../../lib/cluster/own_roster.ts";
import { RemoteRoster } from "../../lib/cluster/remote_roster.ts";
import {
  decodeRosterMessage,
  decodeRosterPage,
  encodeRosterPage,
  type RosterMessage,
} from "../../lib/cluster/roster_messages.ts";
import { encodeMessage } from "../../lib/cluster/bus_request.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { StepSink } from "../helpers/step_sink.ts";

/** What happens on a server, or between it and another one. */
type Step =
  | { readonly kind: "enter" | "leave"; readonly number: number }
  | { readonly kind: "join" | "part"; readonly number: number; readonly room: string }
  | { readonly kind: "away"; readonly number: number }
  /** What has changed is told; the message is lost, or comes. */
  | { readonly kind: "tell"; readonly isLost: boolean }
  /** The other server applies the log up to where this one has. */
  | { readonly kind: "apply" }
  /** The answers to so many questions are lost. */
  | { readonly kind: "mute"; readonly count: number };

const number = fc.nat(2);
const room = fc.constantFrom("lobby", "ops");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("enter" as const), number }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("leave" as const), number }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("join" as const), number, room }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("part" as const), number, room }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("away" as const), number }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("tell" as const), isLost: fc.boolean() }) },
  { weight: 6, arbitrary: fc.constant({ kind: "apply" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("mute" as const), count: fc.nat(3) }) },
);

/** A server with members, and another one that hears of them. */
class Rosters implements Disposable {
  readonly members = new Map<number, Member>();
  /** What the other server knows. */
  readonly seen = new Map<number, MemberRow>();
  readonly own: OwnRoster;
  readonly remote: RemoteRoster;
  applied = 0;
  appliedElsewhere = 0;
  muted = 0;
  /** What is told and not yet heard. */
  #told: RosterMessage[] = [];

  constructor() {
    const rowOf = ({ number, nick, user, sinceMs, protocol, away, roomNames, mailbox }: Member) => {
      return { number, nick, user, sinceMs, protocol, away, roomNames, mailbox };
    };
    const roster = this as Rosters;
    this.own = new OwnRoster({
      name: "test",
      bus: {
        publish: (_, payload) => this.#told.push(decodeRosterMessage(decodeMessage(payload))),
        subscribe: () => ({ [Symbol.dispose]: () => {} }),
        request: () => Promise.reject(new BusError("nobody", "")),
      },
      log: {
        incarnation: "aaaaaaaa.1",
        get applied() {
          return roster.applied;
        },
      },
    }, { rows: () => [...this.members.values()].map(rowOf), rowOf });
    this.remote = new RemoteRoster({
      listener: {
        set: (row) => this.seen.set(row.number, row),
        delete: (number) => this.seen.delete(number),
      },
      ask: (after) => {
        if (this.muted-- > 0) return Promise.reject(new BusError("late", ""));
        const page = decodeMessage(encodeMessage(encodeRosterPage(this.own.page(after))));
        return Promise.resolve(decodeRosterPage(page));
      },
      applied: () => this.appliedElsewhere,
    });
  }

  take(step: Step): Promise<void> | void {
    this.applied++;
    if (step.kind === "tell") return this.tell(step.isLost);
    if (step.kind === "mute") this.muted = step.count;
    else if (step.kind === "apply") this.apply();
    else this.#change(step);
  }

  #change(step: Extract<Step, { readonly number: number }>): void {
    const member = this.members.get(step.number);
    if (step.kind === "enter") this.#onChange(member ?? newMember(step.number));
    else if (member !== undefined) this.#changeMember(member, step);
  }

  #changeMember(member: Member, step: Extract<Step, { readonly number: number }>): void {
    if (step.kind === "leave") {
      this.members.delete(member.number);
      return this.own.onLeave(member, true);
    }
    if (step.kind === "away") member.setAway("lunch");
    else if (step.kind === "part") member.removeRoom(step.room);
    else if (step.kind === "join" && !member.roomNames.includes(step.room)) {
      member.addRoom(step.room);
    }
    this.#onChange(member);
  }

  #onChange(member: Member): void {
    this.members.set(member.number, member);
    this.own.onChange(member);
  }

  apply(): void {
    this.appliedElsewhere = this.applied;
    this.remote.advance();
  }

  async tell(isLost: boolean): Promise<void> {
    this.own.beat();
    const told = this.#told.splice(0);
    for (const message of isLost ? [] : told) this.remote.hear(message);
    await new Promise((resolve) => setTimeout(resolve)); // Until what was asked is answered
  }

  /** What both servers know of the members. */
  both(): [unknown[], unknown[]] {
    const brief = (row: MemberRow | Member) => `${row.number} ${row.away} ${[...row.roomNames]}`;
    return [
      [...this.members.values()].map(brief).toSorted(),
      [...this.seen.values()].map(brief).toSorted(),
    ];
  }

  [Symbol.dispose](): void {
    this.own[Symbol.dispose]();
    this.remote.drop();
  }
}

function newMember(number: number): Member {
  const outlet = new FrameWriter(new StepSink(), { onOverflow: () => {}, onError: () => {} });
  return new Member({ nick: `guest-${number}`, user: null, protocol: 2, outlet, number });
}

Deno.test("RemoteRoster: has the members of the other server after any loss, once messages come", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      using rosters = new Rosters();
      for (const step of steps) await rosters.take(step);
      rosters.muted = 0;
      await rosters.tell(false);
      rosters.apply();
      const [own, seen] = rosters.both();
      assertEquals(seen, own);
    }),
    { numRuns: 200 },
  );
});

Deno.test("RemoteRoster: tells nothing before the log is applied as far as the other server had", async () => {
  using rosters = new Rosters();
  await rosters.tell(false);
  rosters.take({ kind: "enter", number: 1 });
  await rosters.tell(false);
  assertEquals(rosters.seen.size, 0);
  rosters.apply();
  assertEquals(rosters.seen.size, 1);
});

Deno.test("RemoteRoster: misses a member whose leaving it was not told of", async () => {
  using rosters = new Rosters();
  for (
    const step of [
      { kind: "enter", number: 1 },
      { kind: "enter", number: 2 },
      { kind: "tell", isLost: false },
      { kind: "apply" },
      { kind: "leave", number: 1 },
      { kind: "tell", isLost: true },
      { kind: "tell", isLost: false },
      { kind: "apply" },
    ] as const
  ) await rosters.take(step);
  assertEquals([...rosters.seen.keys()], [2]);
});
