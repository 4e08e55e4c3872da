import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkAccountName } from "../../lib/accounts/account_name.ts";
import { prepareUser } from "../../lib/accounts/prepare.ts";
import { foldNick } from "../../lib/protocol/chat_names.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

function errorOf(name: string): string {
  const { code, reason } = assertThrows(() => checkAccountName(name), RequestError);
  return `${code} ${reason}`;
}

Deno.test("checkAccountName: accepts letters of any script, digits and three signs", () => {
  for (
    const name of [
      "a",
      "Ana_1",
      "x.y-z",
      "José",
      "Ωμέγα",
      "Пётр",
      "田中",
      "नमस्ते",
      "r2d2",
      "مريم",
      "_",
    ]
  ) {
    assertEquals(checkAccountName(name), name);
  }
  assertEquals(checkAccountName("Jose\u0301"), "José");
});

Deno.test("checkAccountName: refuses anything else", () => {
  const names = [
    "",
    " ",
    "a b",
    "a,b",
    "a=b",
    "a/b",
    "a@b",
    "#a",
    "*",
    "a\n",
    "😀",
    "\ud800",
    "\u0301a",
  ];
  names.push(
    "a\u200db",
    "a\u00ad",
    "a\ufe0f",
    "\u3164",
    "a\u202e",
    "a\u0301\u0301\u0301\u0301\u0301\u0301",
  );
  for (const name of names) assertEquals(errorOf(name), "bad-request account-name", name);
});

Deno.test("checkAccountName: refuses a name that SASLprep refuses", () => {
  for (const name of ["مa", "م1"]) assertEquals(errorOf(name), "bad-request account-name");
});

Deno.test("checkAccountName: refuses reserved names in any case and width", () => {
  const names = ["server", "SERVER", "ｓｅｒｖｅｒ", "guest-1", "Guest-007", "guest", "guests"];
  names.push("member", "Members", "admins", "guest1", "guest-", "guest-x", "5", "10.0.0.1");
  names.push("s\u0435rver"); // A Cyrillic е
  for (const name of names) assertEquals(errorOf(name), "denied account-reserved", name);
  for (const name of ["servers", "guestx", "admin", "r2d2"]) {
    checkAccountName(name);
  }
});

Deno.test("checkAccountName: limits the length", () => {
  const maximum = LIMITS.nickCharacters;
  for (const letter of ["x", "𝒳", "田"]) {
    for (const length of [1, maximum - 1, maximum]) checkAccountName(letter.repeat(length));
    for (const length of [maximum + 1, maximum * 16, maximum * 16 + 1, 100_000]) {
      assertEquals(errorOf(letter.repeat(length)), "bad-request account-name");
    }
  }
});

Deno.test("foldNick: is equal for names that differ in case or width only", () => {
  const pairs = [["Ana", "ana"], ["ΣΑΣ", "σας"], ["STRASSE", "straße"], ["ẞ", "ß"], ["ﬁn", "FIN"]];
  pairs.push(["Ａna", "ana"], ["José", "JOSE\u0301"], ["İ", "i\u0307"]);
  for (const [a, b] of pairs) assertEquals(foldNick(a!), foldNick(b!), `${a} ${b}`);
  for (const [a, b] of [["ana", "anna"], ["jose", "josé"], ["a.b", "ab"]]) {
    assert(foldNick(a!) !== foldNick(b!));
  }
});

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 });

Deno.test("checkAccountName: accepts only names that SCRAM finds again, in any case", () => {
  const letter = fc.integer({ min: 0x21, max: 0x2ffff }).map((code) => String.fromCodePoint(code))
    .filter((character) => /^[\p{L}\p{Nd}]$/u.test(character));
  fc.assert(
    fc.property(fc.oneof(name, fc.string({ unit: letter, minLength: 1, maxLength: 8 })), (text) => {
      let accepted: string;
      try {
        accepted = checkAccountName(text);
      } catch (error) {
        assert(error instanceof RequestError);
        return;
      }
      assertEquals(checkAccountName(accepted), accepted);
      const key = foldNick(accepted);
      assertEquals(foldNick(prepareUser(accepted)!), key);
      assertEquals(foldNick(key), key);
      assertEquals(foldNick(accepted.toUpperCase()), key);
      assertEquals(foldNick(accepted.toLowerCase()), key);
    }),
    { numRuns: 2_000 },
  );
});
