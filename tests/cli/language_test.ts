import { assertEquals } from "@std/assert";
import { requestedLanguage } from "../../lib/cli/options/options.ts";
import { fill } from "../../lib/protocol/fill_text.ts";
import { detectLanguage } from "../../lib/cli/texts/language.ts";

const detect = (env: Record<string, string>) => detectLanguage((name) => env[name]);

Deno.test("detectLanguage: prefers LC_ALL to LC_MESSAGES, and LC_MESSAGES to LANG", () => {
  assertEquals(detect({ LC_ALL: "pt_BR.UTF-8", LC_MESSAGES: "en_US", LANG: "C" }), "pt-BR");
  assertEquals(detect({ LC_ALL: "C", LC_MESSAGES: "pt_BR", LANG: "pt_BR" }), "en");
  assertEquals(detect({ LC_MESSAGES: "pt_BR", LANG: "en_US" }), "pt-BR");
  assertEquals(detect({ LANG: "pt_BR.UTF-8" }), "pt-BR");
});

Deno.test("detectLanguage: ignores an empty variable", () => {
  assertEquals(detect({ LC_ALL: "", LANG: "pt_BR" }), "pt-BR");
  assertEquals(detect({}), "en");
});

Deno.test("detectLanguage: returns pt-BR for any Portuguese locale, and en for all others", () => {
  for (const locale of ["pt", "pt_PT", "pt-BR", "PT_br.UTF-8"]) {
    assertEquals(detect({ LANG: locale }), "pt-BR", locale);
  }
  for (const locale of ["C", "POSIX", "en_US.UTF-8", "ptx", "es_ES"]) {
    assertEquals(detect({ LANG: locale }), "en", locale);
  }
});

Deno.test("requestedLanguage: prefers --lang to TCP_CHAT_LANG, and TCP_CHAT_LANG to the locale", () => {
  const env = (name: string) => ({ TCP_CHAT_LANG: "pt-BR", LANG: "C" })[name];
  assertEquals(requestedLanguage(["--lang", "en"], env), "en");
  assertEquals(requestedLanguage(["--lang=en"], env), "en");
  assertEquals(requestedLanguage([], env), "pt-BR");
  assertEquals(requestedLanguage(["--lang", "pt-BR"], () => undefined), "pt-BR");
});

Deno.test("requestedLanguage: uses the locale if --lang is unknown or has no value", () => {
  const env = (name: string) => name === "LANG" ? "pt_BR" : undefined;
  assertEquals(requestedLanguage(["--lang", "fr"], env), "pt-BR");
  assertEquals(requestedLanguage(["--lang"], env), "pt-BR");
});

Deno.test("fill: replaces every occurrence of a parameter, and nothing inside of values", () => {
  const text = { en: "{a} and {b} and {a}", "pt-BR": "{b}" };
  assertEquals(fill(text, "en", { a: "{b}", b: 2 }), "{b} and 2 and {b}");
  assertEquals(fill(text, "pt-BR", { a: 1, b: "$&" }), "$&");
  assertEquals(fill(text, "en", { a: 1 }), "1 and {b} and 1");
});

Deno.test("fill: chooses the form that agrees with a number, and replaces # by the number", () => {
  const text = { en: "{n|# file|# files}", "pt-BR": "{n|# arquivo|# arquivos}" };
  const english = [0, 1, 2, 1_000_000].map((n) => fill(text, "en", { n }));
  assertEquals(english, ["0 files", "1 file", "2 files", "1000000 files"]);
  const portuguese = [0, 1, 2, 1_000_000].map((n) => fill(text, "pt-BR", { n }));
  assertEquals(portuguese, ["0 arquivos", "1 arquivo", "2 arquivos", "1000000 arquivos"]);
});

Deno.test("fill: chooses the first of three forms for zero", () => {
  const text = { en: "{n|none|# one|# more}", "pt-BR": "{n|nada|# um|# mais}" };
  assertEquals([0, 1, 2].map((n) => fill(text, "en", { n })), ["none", "1 one", "2 more"]);
  assertEquals([0, 1, 2].map((n) => fill(text, "pt-BR", { n })), ["nada", "1 um", "2 mais"]);
});

Deno.test("fill: chooses a form for each of several counts in a text", () => {
  const text = { en: "{a|# is|# are}, {b|x|y} {a}", "pt-BR": "{a}{b|x|y}" };
  assertEquals(fill(text, "en", { a: 1, b: 2 }), "1 is, y 1");
  assertEquals(fill(text, "en", { a: 2, b: 1 }), "2 are, x 2");
});

Deno.test("fill: keeps a placeholder with forms whose parameter is missing", () => {
  const text = { en: "{n|# file|# files}", "pt-BR": "{n|#|#}" };
  assertEquals(fill(text, "en", { other: 1 }), "{n|# file|# files}");
});
