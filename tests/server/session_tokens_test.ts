import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { SessionTokens } from "../../lib/server/context/session_tokens.ts";

Deno.test("a token leads to its session until it is revoked", () => {
  const tokens = new SessionTokens<object>();
  const [first, second] = [{}, {}];
  const [one, two] = [tokens.issue(first), tokens.issue(second)];
  assertStrictEquals(tokens.find(one), first);
  assertStrictEquals(tokens.find(two), second);
  tokens.revoke(one);
  tokens.revoke(one);
  assertEquals(tokens.find(one), null);
  assertStrictEquals(tokens.find(two), second);
});

Deno.test("a token is 128 bits that nobody can guess", () => {
  const tokens = new SessionTokens<object>();
  const issued = Array.from({ length: 1_000 }, () => tokens.issue({}));
  assertEquals(new Set(issued).size, 1_000);
  for (const token of issued) assertMatch(token, /^[0-9a-f]{32}$/);
  for (const other of ["", "0".repeat(32), issued[0]!.slice(1), issued[0]!.toUpperCase() + " "]) {
    assertEquals(tokens.find(other), null);
  }
});
