import { assertEquals, assertThrows } from "@std/assert";
import { preparePassword, prepareUser } from "../../lib/accounts/prepare.ts";
import { RequestError } from "../../lib/protocol/errors.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

const reasonFor = (password: string) => {
  const error = assertThrows(() => preparePassword(password), RequestError);
  assertEquals(error.code, "bad-request");
  return error.reason;
};

// RFC 4013, section 3
const EXAMPLES = [
  ["I\u00adX", "IX"],
  ["user", "user"],
  ["USER", "USER"],
  ["\u00aa", "a"],
  ["\u2168", "IX"],
] as const;

Deno.test("passwords and names are prepared as the examples of RFC 4013 are", () => {
  for (const [text, prepared] of EXAMPLES) {
    assertEquals(preparePassword(text), prepared);
    assertEquals(prepareUser(text), prepared);
  }
  for (const text of ["\u0007", "\u06271"]) {
    assertEquals(reasonFor(text), "password-character");
    assertEquals(prepareUser(text), null);
  }
});

Deno.test("spaces of all kinds are kept as plain ones", () => {
  assertEquals(preparePassword(" a\u00a0b\u3000 "), " a b  ");
});

Deno.test("a password of nothing that counts is empty", () => {
  for (const text of ["", "\u00ad", "\u00ad\u2060\ufeff"]) {
    assertEquals(reasonFor(text), "password-empty");
    assertEquals(prepareUser(text), null);
  }
  assertEquals(preparePassword(" "), " ");
});

Deno.test("characters that Unicode 3.2 does not know are for names only", () => {
  for (const text of ["😀", "a\u0221"]) {
    assertEquals(reasonFor(text), "password-character");
  }
  assertEquals(prepareUser("a\u0221"), "a\u0221");
});

Deno.test("text that is not well-formed is refused", () => {
  for (const text of ["\ud800", "a\udc00b"]) {
    assertEquals(reasonFor(text), "password-character");
    assertEquals(prepareUser(text), null);
  }
});

Deno.test("a password has at most so many bytes, counted as they are typed", () => {
  const most = LIMITS.passwordBytes;
  for (const length of [most - 1, most]) {
    assertEquals(preparePassword("x".repeat(length)).length, length);
  }
  assertEquals(reasonFor("x".repeat(most + 1)), "password-long");
  assertEquals(preparePassword("é".repeat(most / 2)).length, most / 2);
  assertEquals(reasonFor("é".repeat(most / 2) + "x"), "password-long");
  preparePassword("\ufdfa".repeat(341)); // Each becomes 18 characters
});
