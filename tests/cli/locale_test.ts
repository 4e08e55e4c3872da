import { assertEquals, assertStringIncludes } from "@std/assert";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { RequestError } from "../../lib/protocol/errors.ts";

const ENGLISH = makeLocale("en");
const PORTUGUESE = makeLocale("pt-BR");

Deno.test("Locale.t: fills in a text of the table in its language", () => {
  assertEquals(ENGLISH.t("noSuchClient", { client: 7 }), "no client 7");
  assertEquals(PORTUGUESE.t("noSuchClient", { client: 7 }), "nenhum cliente 7");
});

Deno.test("Locale.fill: fills in any other text in its language", () => {
  const text = { en: "a {thing}", "pt-BR": "uma {thing}" };
  assertEquals(ENGLISH.fill(text, { thing: "x" }), "a x");
  assertEquals(PORTUGUESE.fill(text), "uma {thing}");
});

Deno.test("Locale.size: writes the decimal sign of its language", () => {
  assertEquals([0, 999, 1_500, 15_000_000].map(ENGLISH.size), ["0 B", "999 B", "1.5 kB", "15 MB"]);
  assertEquals(PORTUGUESE.size(1_500), "1,5 kB");
});

Deno.test("Locale.failure: describes an error in its language", () => {
  const error = new RequestError("not-found");
  assertStringIncludes(ENGLISH.failure(error).message, "not found");
  assertStringIncludes(PORTUGUESE.failure(error).message, "não encontrado");
  assertEquals(ENGLISH.failure(error).exitCode, PORTUGUESE.failure(error).exitCode);
});
