import { assertEquals, assertThrows } from "@std/assert";
import { type ChatEvent, encodeEvent } from "../../lib/protocol/chat_events.ts";
import { decodeEvent } from "../../lib/protocol/decode_event.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { decodeObject } from "../../lib/protocol/json.ts";
import { bytesOf } from "../helpers/raw_peer.ts";

const EVENTS: ChatEvent[] = [
  { event: "message", seq: 1, room: "lobby", from: "ana", text: "olá\n\tdu", time: 5 },
  { event: "message", to: "ana", from: "bob", text: "psst", time: 5 },
  {
    event: "file",
    seq: 2,
    room: "lobby",
    from: "ana",
    path: "a/b",
    size: 0,
    sha256: "0123456789abcdef".repeat(4),
    time: 0,
  },
  { event: "joined", room: "lobby", nick: "ana" },
  { event: "left", room: "lobby", nick: "ana" },
  { event: "nick", old: "ana", nick: "bob" },
  { event: "notice", text: "" },
  { event: "shutdown" },
];

function decode(value: unknown): ChatEvent | null {
  return decodeEvent(decodeObject(bytesOf(JSON.stringify(value))));
}

Deno.test("decodeEvent: is the inverse of encodeEvent, and ignores unknown members", () => {
  for (const event of EVENTS) {
    assertEquals(decodeEvent(decodeObject(encodeEvent(event).subarray(12))), event);
    assertEquals(decode({ ...event, more: 1 }), event);
  }
});

Deno.test("decodeEvent: returns null for an unknown event", () => {
  for (const event of ["", "typing", "MESSAGE", "constructor", "__proto__", "toString"]) {
    assertEquals(decode({ event }), null);
  }
});

Deno.test("decodeEvent: an unknown event with a number in a room is hidden, so that the number is not missing", () => {
  const hidden = { seq: 7, room: "lobby", time: 5 };
  assertEquals(decode({ ...hidden, event: "poll", more: 1 }), { ...hidden, event: "hidden" });
  for (const wrong of [{ seq: "7" }, { room: null }, { time: undefined }]) {
    assertEquals(decode({ ...hidden, event: "poll", ...wrong }), null);
  }
});

Deno.test("decodeEvent: refuses an event without a name", () => {
  for (const event of [undefined, null, 1, true, [], {}, "\ud800"]) {
    assertEquals(assertThrows(() => decode({ event }), RequestError).code, "bad-request");
  }
});

Deno.test("decodeEvent: refuses a missing or malformed member", () => {
  for (const event of EVENTS) {
    for (const [name, value] of Object.entries(event)) {
      // A message without `room` is private, and refused without `to`
      if (name === "event") continue;
      const wrong = typeof value === "number" ? ["5", -1, 1.5, 2 ** 53] : [5, true, [], "\ud800"];
      for (const other of [undefined, null, ...wrong]) {
        const read = () => decode({ ...event, [name]: other });
        const error = assertThrows(read, RequestError, "Cannot", `${event.event} ${name} ${other}`);
        assertEquals(error.code, "bad-request");
      }
    }
  }
});

Deno.test("decodeEvent: ignores `to` in a message to a room", () => {
  const [message] = EVENTS;
  assertEquals(decode({ ...message, to: "bob" }), message!);
});
