import { assertEquals } from "@std/assert";
import { setColorEnabled } from "@std/fmt/colors";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import {
  type ChatViewContext,
  describeHeard,
  isMentioned,
  parseChatLine,
} from "../../lib/cli/view/chat_view.ts";
import type { ReceivedEvent } from "../../lib/client/chat.ts";

const NOW_MS = new Date(2026, 0, 31, 17, 5).getTime();
const YESTERDAY_MS = new Date(2026, 0, 30, 9, 1).getTime();
const TERMINAL: ChatViewContext = {
  ownNick: "bob",
  room: "garden",
  locale: makeLocale("en"),
  isTerminal: true,
  nowMs: NOW_MS,
};
const SCRIPT: ChatViewContext = { ...TERMINAL, isTerminal: false };

const message = (from: string, text: string, room = "garden"): ReceivedEvent => ({
  event: "message",
  room,
  seq: 1,
  from,
  text,
  time: NOW_MS,
});
const file = (room: string): ReceivedEvent => ({
  event: "file",
  room,
  seq: 3,
  from: "ana",
  path: "a/b.pdf",
  size: 100_000,
  sha256: "0".repeat(64),
  time: YESTERDAY_MS,
});

function describe(event: ReceivedEvent, context: ChatViewContext): string | null {
  setColorEnabled(false);
  return describeHeard(event, context);
}

Deno.test("describeHeard: shows the time on a terminal, and the room unless it is the current room", () => {
  assertEquals(describe(message("ana", "hi"), TERMINAL), "17:05 ana: hi");
  assertEquals(describe(message("ana", "hi", "lobby"), TERMINAL), "17:05 #lobby ana: hi");
  assertEquals(
    describe(file("garden"), TERMINAL),
    "2026-01-30 09:01 ana shared [3] a/b.pdf (100 kB); get 3 fetches it",
  );
});

Deno.test("describeHeard: shows only messages and files in a script, with the room unless it is the lobby", () => {
  assertEquals(describe(message("ana", "hi"), SCRIPT), "#garden [ana]: hi");
  assertEquals(describe(message("ana", "hi", "lobby"), SCRIPT), "[ana]: hi");
  assertEquals(describe(file("lobby"), SCRIPT), "[ana]: shared 3: a/b.pdf (100 kB)");
  assertEquals(describe({ event: "joined", room: "garden", nick: "ana" }, SCRIPT), null);
  assertEquals(describe(message("bob", "mine"), SCRIPT), null);
});

Deno.test("describeHeard: shows clients that join, leave or change their nicks", () => {
  const nick = "ana";
  assertEquals(describe({ event: "joined", room: "garden", nick }, TERMINAL), "17:05 ana joined");
  assertEquals(describe({ event: "left", room: "lobby", nick }, TERMINAL), "17:05 #lobby ana left");
  const renamed = { event: "nick", old: "guest-2", nick } as const;
  assertEquals(describe(renamed, TERMINAL), "17:05 guest-2 is now ana");
  assertEquals(describe({ ...renamed, nick: "bob" }, TERMINAL), null);
});

Deno.test("describeHeard: marks private messages and notices of the server", () => {
  const whisper = { event: "message", from: "ana", to: "bob", text: "hi", time: NOW_MS } as const;
  assertEquals(describe(whisper, TERMINAL), "17:05 ana to bob, privately: hi");
  assertEquals(describe(whisper, SCRIPT), "[ana → bob]: hi");
  const notice = { event: "notice", text: "hello" } as const;
  assertEquals(describe(notice, TERMINAL), "17:05 [SERVER] hello");
  assertEquals(describe(notice, SCRIPT), "[SERVER]: hello");
});

Deno.test("isMentioned: finds a nick as a word of its own, in any case", () => {
  for (const text of ["bob", "BOB: hi", "hi, Bob!", "(bob)"]) {
    assertEquals(isMentioned("bob", text), true, text);
  }
  for (const text of ["bobby", "kebob", "bob-2", "b o b", ""]) {
    assertEquals(isMentioned("bob", text), false, text);
  }
  assertEquals(isMentioned(null, "bob"), false);
});

Deno.test("parseChatLine: splits a line into sender and text", () => {
  assertEquals(parseChatLine("[guest-1]: hello"), { from: "guest-1", text: "hello" });
  assertEquals(parseChatLine("[SERVIDOR]: olá"), { from: "SERVIDOR", text: "olá" });
});

Deno.test("parseChatLine: accepts an empty text, and brackets, colons and newlines in a text", () => {
  assertEquals(parseChatLine("[a]: [b]: c"), { from: "a", text: "[b]: c" });
  assertEquals(parseChatLine("[a]: one\ntwo\n"), { from: "a", text: "one\ntwo\n" });
  assertEquals(parseChatLine("[a]: "), { from: "a", text: "" });
});

for (const line of ["", "hello", "[a] hello", "[]: hello", "[a\nb]: x", " [a]: x", "[a]:x"]) {
  Deno.test(`parseChatLine: finds no sender in ${JSON.stringify(line)}`, () => {
    assertEquals(parseChatLine(line), { from: null, text: line });
  });
}

Deno.test("parseChatLine: accepts a sender of at most 128 characters", () => {
  const line = (length: number) => `[${"n".repeat(length)}]: x`;
  assertEquals(parseChatLine(line(128)).from, "n".repeat(128));
  assertEquals(parseChatLine(line(129)), { from: null, text: line(129) });
});

Deno.test("describeHeard: shows a text that begins with /me as an action of its sender", () => {
  assertEquals(describe(message("ana", "/me waves"), TERMINAL), "17:05 * ana waves");
  assertEquals(describe(message("ana", "/me waves", "lobby"), SCRIPT), "* ana waves");
  assertEquals(describe(message("ana", "/melon"), TERMINAL), "17:05 ana: /melon");
});
