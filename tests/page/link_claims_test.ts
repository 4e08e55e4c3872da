import { assertEquals } from "@std/assert";
import { findClaim, isClaim, keepClaim } from "../../lib/page/net/link_claims.ts";
import type { KeptTexts } from "../../lib/page/text/kept.ts";

Deno.test("keepClaim: keeps the first claim for each link, and those of the last hundred links", () => {
  const texts = new Map<string, string>();
  const browser: KeptTexts = {
    get: (name) => texts.get(name) ?? null,
    set: (name, value) => void texts.set(name, value ?? ""),
  };
  assertEquals(findClaim("a", browser), null);
  assertEquals([keepClaim("a", "one", browser), keepClaim("a", "two", browser)], ["one", "one"]);
  for (let i = 1; i < 100; i++) keepClaim(`${i}`, `claim ${i}`, browser);
  assertEquals([findClaim("a", browser), findClaim("99", browser)], ["one", "claim 99"]);
  keepClaim("b", "three", browser);
  assertEquals([findClaim("a", browser), findClaim("b", browser)], [null, "three"]);
});

Deno.test("isClaim: is true of what a server takes for one", () => {
  const texts = [
    "a".repeat(15),
    "a".repeat(16),
    "a-B_9".repeat(4),
    "a".repeat(65),
    "a b".repeat(9),
  ];
  assertEquals(texts.map(isClaim), [false, true, true, false, false]);
});
