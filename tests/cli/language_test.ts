import { assertEquals } from "@std/assert";
import { detectLanguage, fill } from "../../lib/cli/texts/language.ts";
import { requestedLanguage } from "../../lib/cli/options/options.ts";

const detect = (env: Record<string, string>) => detectLanguage((name) => env[name]);

Deno.test("LC_ALL comes before LC_MESSAGES, and that before LANG", () => {
  assertEquals(detect({ LC_ALL: "pt_BR.UTF-8", LC_MESSAGES: "en_US", LANG: "C" }), "pt-BR");
  assertEquals(detect({ LC_ALL: "C", LC_MESSAGES: "pt_BR", LANG: "pt_BR" }), "en");
  assertEquals(detect({ LC_MESSAGES: "pt_BR", LANG: "en_US" }), "pt-BR");
  assertEquals(detect({ LANG: "pt_BR.UTF-8" }), "pt-BR");
});

Deno.test("a variable that is empty says nothing", () => {
  assertEquals(detect({ LC_ALL: "", LANG: "pt_BR" }), "pt-BR");
  assertEquals(detect({}), "en");
});

Deno.test("any Portuguese is Portuguese, and all else is English", () => {
  for (const locale of ["pt", "pt_PT", "pt-BR", "PT_br.UTF-8"]) {
    assertEquals(detect({ LANG: locale }), "pt-BR", locale);
  }
  for (const locale of ["C", "POSIX", "en_US.UTF-8", "ptx", "es_ES"]) {
    assertEquals(detect({ LANG: locale }), "en", locale);
  }
});

Deno.test("--lang comes before TCP_CHAT_LANG, and that before the locale", () => {
  const env = (name: string) => ({ TCP_CHAT_LANG: "pt-BR", LANG: "C" })[name];
  assertEquals(requestedLanguage(["--lang", "en"], env), "en");
  assertEquals(requestedLanguage(["--lang=en"], env), "en");
  assertEquals(requestedLanguage([], env), "pt-BR");
  assertEquals(requestedLanguage(["--lang", "pt-BR"], () => undefined), "pt-BR");
});

Deno.test("a language that there is not leaves it to the locale", () => {
  const env = (name: string) => name === "LANG" ? "pt_BR" : undefined;
  assertEquals(requestedLanguage(["--lang", "fr"], env), "pt-BR");
  assertEquals(requestedLanguage(["--lang"], env), "pt-BR");
});

Deno.test("parameters are filled in wherever they stand, and only once", () => {
  const text = { en: "{a} and {b} and {a}", "pt-BR": "{b}" };
  assertEquals(fill(text, "en", { a: "{b}", b: 2 }), "{b} and 2 and {b}");
  assertEquals(fill(text, "pt-BR", { a: 1, b: "$&" }), "$&");
  assertEquals(fill(text, "en", { a: 1 }), "1 and {b} and 1");
});
