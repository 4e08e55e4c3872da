import { assertEquals } from "@std/assert";
import { type ChatEvent, encodeEvent } from "../../lib/protocol/chat_events.ts";
import { parseSlowly, plainFrame } from "../helpers/frames.ts";

Deno.test("encodeEvent: makes an EVNT frame of JSON", () => {
  const event: ChatEvent = {
    event: "message",
    seq: 1,
    room: "lobby",
    from: "ana",
    text: 'olá, "mundo"\n',
    time: 1_700_000_000_000,
  };
  const json =
    '{"event":"message","seq":1,"room":"lobby","from":"ana","text":"olá, \\"mundo\\"\\n","time":1700000000000}';
  assertEquals(parseSlowly(encodeEvent(event)), {
    frames: [plainFrame("EVNT", json)],
    leftBytes: 0,
  });
});
