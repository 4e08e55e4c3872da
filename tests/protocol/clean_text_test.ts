import { assert, assertEquals, assertThrows } from "@std/assert";
import { RequestError } from "../../lib/protocol/errors.ts";
import { checkChatText, cleanLine, cleanText } from "../../lib/protocol/text.ts";
import { PATIENCE } from "../helpers/deadline.ts";

const fromCodePoint = String.fromCodePoint;

/** The characters from `first` to `last`, inclusive. */
function* range(first: number, last: number): Generator<string> {
  for (let code = first; code <= last; code++) yield fromCodePoint(code);
}

const INVISIBLE: Record<string, string[]> = {
  "a soft hyphen": ["\u00ad"],
  "a grapheme joiner": ["\u034f"],
  "direction marks": ["\u061c", "\u200e", "\u200f"],
  "direction embeddings, overrides and isolates": [
    ...range(0x202a, 0x202e),
    ...range(0x2066, 0x2069),
  ],
  "fillers that look like a space or nothing": ["\u115f", "\u1160", "\u3164", "\uffa0"],
  "inherent vowels": ["\u17b4", "\u17b5"],
  "a vowel separator": ["\u180e"],
  "a zero-width space, a word joiner, a byte order mark": ["\u200b", "\u2060", "\ufeff"],
  "line and paragraph separators": ["\u2028", "\u2029"],
  "invisible operators": [...range(0x2061, 0x2064)],
  "deprecated controls of shape and digits": [...range(0x206a, 0x206f)],
  "interlinear annotation": ["\ufff9", "\ufffa", "\ufffb"],
  "controls of shorthand and of music": [...range(0x1bca0, 0x1bca3), ...range(0x1d173, 0x1d17a)],
  "tags": [...range(0xe0000, 0xe007f)],
  "unassigned, invisible code points": [
    "\u2065",
    "\ufff0",
    fromCodePoint(0xe0080),
    fromCodePoint(0xe0fff),
  ],
};

for (const [what, characters] of Object.entries(INVISIBLE)) {
  Deno.test(`cleanText: removes ${what}`, () => {
    for (const character of characters) {
      assertEquals(cleanText(`a${character}b`), "ab");
      assertEquals(cleanText(`é${character}${character}`), "é");
    }
  });
}

const KEPT: Record<string, string> = {
  "plain text": "The quick (brown) fox_~ 0123\n\tjumps!",
  "letters with accents": "ação ÀÉÎõü ñ ß ø",
  "Vietnamese, decomposed": "Tiếng Việt ổ ẫ".normalize("NFD"),
  "Hebrew with points and accents": "בְּרֵאשִׁ֖ית שָּׁ֖ם",
  "Arabic with vowels": "ٱلسَّلَامُ عَلَيْكُمْ",
  "Persian with a non-joiner": "می\u200cخواهم",
  "Hindi": "हिन्दी में संस्कृत",
  "a half form in Hindi": "क्\u200dष",
  "a conjunct in Sinhala": "ශ්\u200dරී",
  "Bengali with a joiner before the virama": "র\u200d্য",
  "Thai": "ที่นี่ น้ำ ผู้",
  "Burmese with five signs on a letter": "မြွှောက်",
  "Tibetan": "བསྒྲུབས",
  "Mongolian with a variation selector": "ᠣ\u180b",
  "Han with a variation selector": "葛\u{e0100}城市",
  "an emoji sequence": "👩🏽\u200d🚀 ❤\ufe0f\u200d🔥 👨\u200d👩\u200d👧\u200d👦 🏳\ufe0f\u200d🌈",
  "a keycap": "1\ufe0f\u20e3",
  "flags": "🇧🇷 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
  "an Arabic sign that encloses digits": "\u06dd12",
  "visible spaces": "a\u00a0b\u2003c\u3000d",
};

for (const [what, text] of Object.entries(KEPT)) {
  Deno.test(`cleanText: keeps ${what}`, () => assertEquals(cleanText(text), text));
}

const CUT: Array<[what: string, text: string, expected: string]> = [
  ["a stack of marks", "H" + "\u0301".repeat(50) + "i", "H" + "\u0301".repeat(4) + "i"],
  [
    "a stack of different marks",
    "H\u0300\u0316\u0321\u20dd\u0489\u1ab0i",
    "H\u0300\u0316\u0321\u20ddi",
  ],
  ["a stack in another script", "ก" + "\u0e49".repeat(9), "ก" + "\u0e49".repeat(4)],
  [
    "a stack after letters with single marks",
    "a\u0301".repeat(3) + "\u0301".repeat(9),
    "a\u0301a\u0301a\u0301\u0301\u0301\u0301",
  ],
  ["a stack without a letter", "\u0301".repeat(9) + "a", "\u0301".repeat(4) + "a"],
  [
    "a stack with invisible characters in between",
    "a" + "\u0301\u200b".repeat(9),
    "a" + "\u0301".repeat(4),
  ],
  ["a stack with joiners in between", "a" + "\u0301\u200d".repeat(9), "a" + "\u0301".repeat(4)],
  ["joiners in Latin letters", "ad\u200dm\u200cin", "admin"],
  ["a joiner at the end", "é\u200d", "é"],
  ["repeated joiners", "می\u200c\u200c\u200dخواهم", "می\u200cخواهم"],
  ["a sequence of variation selectors", "🙂\ufe01\u{e0101}\u{e0102}\u{e0103}x", "🙂\ufe01x"],
  ["tags that form no flag", "🏴\u{e0067}\u{e0062}\u{e0078}\u{e007f}", "🏴"],
  [
    "tags after a flag",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}\u{e0041}",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
  ],
];

for (const [what, text, expected] of CUT) {
  Deno.test(`cleanText: shortens ${what}`, () => {
    assertEquals(cleanText(text), expected);
    assertEquals(cleanText(expected), expected);
  });
}

Deno.test("cleanText: takes less than a second for the slowest text of 64 KiB", () => {
  const worst = ["\u0301", "\u200d", "می\u200c", "🏴\u{e0067}\u{e0062}", "\u{e0100}"];
  for (const unit of worst) {
    const text = unit.repeat(65_536 / unit.length);
    const startedMs = performance.now();
    cleanText(text);
    assert(performance.now() - startedMs < 1_000 * PATIENCE);
  }
});

Deno.test("cleanLine: removes the same characters as cleanText", () => {
  assertEquals(cleanLine("a\u200b\nb" + "\u0301".repeat(9)), "a b" + "\u0301".repeat(4));
});

/** The reason why a message is refused, or `null`. */
function refusalOf(text: string): string | null {
  try {
    checkChatText(text);
    return null;
  } catch (error) {
    assert(error instanceof RequestError);
    assertEquals(error.code, "bad-request");
    return error.reason;
  }
}

Deno.test("checkChatText: accepts 1 to 4096 bytes of UTF-8", () => {
  assertEquals(refusalOf(""), "message-empty");
  for (const text of [" ", "a", "a".repeat(4_096), "é".repeat(2_048), "\u{1f600}".repeat(1_024)]) {
    assertEquals(refusalOf(text), null);
    if (text.length > 1) assertEquals(refusalOf(text + "a"), "message-long");
  }
});

Deno.test("checkChatText: refuses lone surrogates, and control characters except newline and tab", () => {
  assertEquals(refusalOf("a\n\tb\u200dc\u202e"), null);
  for (const character of [...range(0, 0x1f), ...range(0x7f, 0x9f), "\ud800", "\udfff"]) {
    if (character === "\n" || character === "\t") continue;
    assertEquals(refusalOf(`a${character}b`), "message-characters", escape(character));
  }
  assertThrows(() => checkChatText("\r"), RequestError, "it holds a control character");
});
