import { assertEquals, assertThrows } from "@std/assert";
import { checkNick, checkRoomName, foldNick, SERVER_NAME } from "../../lib/protocol/chat_names.ts";
import { RequestError } from "../../lib/protocol/errors.ts";

const NICKS = {
  "ASCII": ["a", "Z", "0", "guest-7", "a_b-c.d", "...", "-_-", "x".repeat(32)],
  "scripts": [
    "João",
    "Ægir",
    "Иван",
    "Ελένη",
    "中文",
    "かな",
    "हिन्दी",
    "שלום",
    "عمر",
    "ไทย",
    "한국",
    "Nhân",
  ],
  "digits of other scripts": ["٣٤", "๑๒"],
  "32 characters of two units": ["𝒜".repeat(32)],
};

for (const [what, nicks] of Object.entries(NICKS)) {
  Deno.test(`a nick may be of ${what}`, () => {
    for (const nick of nicks) assertEquals(checkNick(nick), nick.normalize("NFC"));
  });
}

const MALFORMED = {
  "no characters": [""],
  "more than 32 characters": ["x".repeat(33), "é".repeat(33), "𝒜".repeat(33), "x".repeat(1e6)],
  "spaces": [" ", "a b", " a", "a\u00a0b", "a\n"],
  "other ASCII": [..."!\"#$%&'()*+,/:;<=>?@[\\]^`{|}~"].map((character) => `a${character}`),
  "control characters": ["a\0", "\x1b[31m", "a\u0085"],
  "what is not seen": ["a\u200d", "a\u200b", "a\u00ad", "\u3164", "\u115fa", "a\ufe0f", "a\u202e"],
  "symbols and emoji": ["🙂", "a♥", "½"],
  "marks without a letter": ["\u0301", "-\u0301", "7\u0301", "a-\u0301"],
  "a tower of marks": ["q" + "\u0303".repeat(5)],
  "lone surrogates": ["\ud800", "a\udc00"],
};

for (const [what, nicks] of Object.entries(MALFORMED)) {
  Deno.test(`a nick must not be of ${what}`, () => {
    for (const nick of nicks) {
      const error = assertThrows(() => checkNick(nick), RequestError);
      assertEquals([error.code, error.reason], ["bad-request", "nick-malformed"]);
    }
  });
}

Deno.test("nicks come out in NFC, and count in it", () => {
  const decomposed = "é".normalize("NFD").repeat(32);
  assertEquals(checkNick(decomposed), "é".repeat(32));
  assertEquals(checkNick("q" + "\u0303".repeat(4)), "q" + "\u0303".repeat(4));
});

Deno.test("nicks that differ in case only count as the same", () => {
  for (
    const [one, other] of [
      ["Ana", "aNA"],
      ["AÇÃO", "ação"],
      ["ИВАН", "иван"],
      ["ΟΔΟΣ", "οδος"],
      ["οδος", "οδοσ"],
      ["STRASSE", "straße"],
      [SERVER_NAME, "server"],
      ["ｓｅｒｖｅｒ", "Server"],
      ["é", "E\u0301"],
    ] as const
  ) assertEquals(foldNick(one), foldNick(other));
  assertEquals(foldNick("ana") === foldNick("anã"), false);
});

Deno.test("foldNick of what is folded changes nothing", () => {
  for (const nick of ["ANA", "Straße", "İstanbul", "ΟΔΟΣ", "ǅ", "ﬁ"]) {
    assertEquals(foldNick(foldNick(nick)), foldNick(nick));
  }
});

Deno.test("a room's name is 1 to 64 of a-z, 0-9, _ and -", () => {
  for (const room of ["a", "lobby", "room-7_x", "-", "0", "a".repeat(64)]) {
    assertEquals(checkRoomName(room), room);
  }
  for (const room of ["", "a".repeat(65), "A", "é", "a b", "a.b", "#a", "a\n", "\na"]) {
    const error = assertThrows(() => checkRoomName(room), RequestError);
    assertEquals([error.code, error.reason], ["bad-request", "room-malformed"]);
  }
});
