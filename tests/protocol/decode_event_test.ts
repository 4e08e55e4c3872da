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

Deno.test("every event is read as it was written, without what nobody asks for", () => {
  for (const event of EVENTS) {
    assertEquals(decodeEvent(decodeObject(encodeEvent(event).subarray(12))), event);
    assertEquals(decode({ ...event, more: 1 }), event);
  }
});

Deno.test("an event that nobody knows is passed over", () => {
  for (const event of ["", "typing", "MESSAGE", "constructor", "__proto__", "toString"]) {
    assertEquals(decode({ event }), null);
  }
});

Deno.test("an event without a name is refused", () => {
  for (const event of [undefined, null, 1, true, [], {}, "\ud800"]) {
    assertEquals(assertThrows(() => decode({ event }), RequestError).code, "bad-request");
  }
});

Deno.test("an event is refused where a member is missing or wrong", () => {
  for (const event of EVENTS) {
    for (const [name, value] of Object.entries(event)) {
      // Without a room a message is a private one, which must say to whom
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

Deno.test("a message to a room and to somebody counts as one to the room", () => {
  const [message] = EVENTS;
  assertEquals(decode({ ...message, to: "bob" }), message!);
});
