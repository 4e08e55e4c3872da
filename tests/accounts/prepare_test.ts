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

Deno.test("preparePassword, prepareUser: follow the examples of RFC 4013", () => {
  for (const [text, prepared] of EXAMPLES) {
    assertEquals(preparePassword(text), prepared);
    assertEquals(prepareUser(text), prepared);
  }
  for (const text of ["\u0007", "\u06271"]) {
    assertEquals(reasonFor(text), "password-character");
    assertEquals(prepareUser(text), null);
  }
});

Deno.test("preparePassword: keeps spaces of all kinds as plain spaces", () => {
  assertEquals(preparePassword(" a\u00a0b\u3000 "), " a b  ");
});

Deno.test("preparePassword: treats a password without remaining characters as empty", () => {
  for (const text of ["", "\u00ad", "\u00ad\u2060\ufeff"]) {
    assertEquals(reasonFor(text), "password-empty");
    assertEquals(prepareUser(text), null);
  }
  assertEquals(preparePassword(" "), " ");
});

Deno.test("prepareUser: accepts characters unassigned in Unicode 3.2, preparePassword does not", () => {
  for (const text of ["😀", "a\u0221"]) {
    assertEquals(reasonFor(text), "password-character");
  }
  assertEquals(prepareUser("a\u0221"), "a\u0221");
});

Deno.test("preparePassword, prepareUser: refuse ill-formed text", () => {
  for (const text of ["\ud800", "a\udc00b"]) {
    assertEquals(reasonFor(text), "password-character");
    assertEquals(prepareUser(text), null);
  }
});

Deno.test("preparePassword: limits the bytes of the password as typed", () => {
  const maximum = LIMITS.passwordBytes;
  for (const length of [maximum - 1, maximum]) {
    assertEquals(preparePassword("x".repeat(length)).length, length);
  }
  assertEquals(reasonFor("x".repeat(maximum + 1)), "password-long");
  assertEquals(preparePassword("é".repeat(maximum / 2)).length, maximum / 2);
  assertEquals(reasonFor("é".repeat(maximum / 2) + "x"), "password-long");
  preparePassword("\ufdfa".repeat(341)); // Each becomes 18 characters
});
