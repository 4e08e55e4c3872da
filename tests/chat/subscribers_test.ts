import { assertEquals } from "@std/assert";
import type { Member } from "../../lib/chat/member.ts";
import { Subscribers } from "../../lib/chat/subscribers.ts";
import { FrameWriter } from "../../lib/stream/frames/frame_writer.ts";
import { nextTurn } from "../../lib/async/next_turn.ts";

/** Subscribers that tell which of them are woken. */
function crowdOf(count: number): { subscribers: Subscribers; woken: number[]; members: Member[] } {
  const woken: number[] = [];
  const subscribers = new Subscribers();
  const members = Array.from({ length: count }, (_, i) => {
    const outlet = { follow: () => {}, unfollow: () => {}, wake: () => woken.push(i) };
    return { outlet } as unknown as Member;
  });
  for (const member of members) subscribers.add(member);
  return { subscribers, woken, members };
}

Deno.test("Subscribers.wake: wakes all members of a usual room at once", () => {
  const { subscribers, woken } = crowdOf(1_024);
  subscribers.wake();
  subscribers.wake();
  assertEquals(woken.length, 2_048);
});

Deno.test("Subscribers.wake: wakes a crowd in several turns, none twice before all, none that has left", async () => {
  const { subscribers, woken, members } = crowdOf(3_000);
  subscribers.wake();
  assertEquals(woken.length, 1_024);
  subscribers.wake(); // The first ones have to be woken again, after the others
  subscribers.remove(members[2_999]!);
  assertEquals(woken.length, 1_024);
  const first = nextTurn().then(() => woken.length);
  assertEquals(await first, 2_048);
  for (let i = 0; i < 3; i++) await nextTurn();
  const once = Array.from({ length: 2_999 }, (_, i) => i);
  assertEquals(woken, [...once, ...once.slice(0, 1_024)]);
});

Deno.test("Subscribers: no member overflows that takes all, however much is said to a crowd", async () => {
  const subscribers = new Subscribers();
  let overflows = 0;
  let received = 0;
  for (let i = 0; i < 5_000; i++) {
    const sink = {
      write: (bytes: Uint8Array) => {
        received += bytes.length;
        return Promise.resolve(bytes.length);
      },
    };
    const outlet = new FrameWriter(sink, { onOverflow: () => overflows++, onError: () => {} });
    subscribers.add({ outlet } as unknown as Member);
  }
  const frame = new Uint8Array(4_400);
  const frames = 12 * 52; // As many as clients may send in twelve turns
  for (let i = 0; i < frames; i++) {
    subscribers.append(frame);
    subscribers.wake();
    if (i % 52 === 51) await nextTurn();
  }
  for (let i = 0; i < 10; i++) await nextTurn();
  assertEquals({ overflows, received }, { overflows: 0, received: 5_000 * frames * frame.length });
});
