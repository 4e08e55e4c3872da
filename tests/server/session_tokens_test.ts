import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { SessionTokens } from "../../lib/server/context/session_tokens.ts";

Deno.test("SessionTokens.find: returns the session of a token until it is revoked", () => {
  const tokens = new SessionTokens<object>();
  const [first, second] = [{}, {}];
  const [firstToken, secondToken] = [tokens.issue(first), tokens.issue(second)];
  assertStrictEquals(tokens.find(firstToken), first);
  assertStrictEquals(tokens.find(secondToken), second);
  tokens.revoke(firstToken);
  tokens.revoke(firstToken);
  assertEquals(tokens.find(firstToken), null);
  assertStrictEquals(tokens.find(secondToken), second);
});

Deno.test("SessionTokens.issue: returns 128 random bits, and find accepts nothing else", () => {
  const tokens = new SessionTokens<object>();
  const issued = Array.from({ length: 1_000 }, () => tokens.issue({}));
  assertEquals(new Set(issued).size, 1_000);
  for (const token of issued) assertMatch(token, /^[0-9a-f]{32}$/);
  for (const other of ["", "0".repeat(32), issued[0]!.slice(1), issued[0]!.toUpperCase() + " "]) {
    assertEquals(tokens.find(other), null);
  }
});

Deno.test("SessionTokens.issue: begins with the id of a server of a cluster", () => {
  const tokens = new SessionTokens<object>("abcdefgh");
  const session = {};
  const token = tokens.issue(session);
  assertMatch(token, /^abcdefgh-[0-9a-f]{32}$/);
  assertStrictEquals(tokens.find(token), session);
  assertEquals(tokens.find(token.slice("abcdefgh-".length)), null);
});
