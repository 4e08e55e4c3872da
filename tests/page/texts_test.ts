/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { FILE_TEXTS } from "../../lib/page/text/file_texts.ts";
import { detectLanguage, language } from "../../lib/page/text/language.ts";
import { LATER_TEXTS } from "../../lib/page/text/later_texts.ts";
import { t } from "../../lib/page/text/t.ts";
import { TALK_TEXTS } from "../../lib/page/text/talk_texts.ts";
import { TEXTS } from "../../lib/page/text/texts.ts";
import { TRANSFER_TEXTS } from "../../lib/page/text/transfer_texts.ts";

Deno.test("TEXTS: no table takes the name of another one's text", () => {
  const tables = [TALK_TEXTS, FILE_TEXTS, TRANSFER_TEXTS];
  for (const table of tables) {
    for (const [key, text] of Object.entries(table)) {
      assertEquals(TEXTS[key as keyof typeof TEXTS], text as unknown, key);
    }
  }
  const keys = [...tables, LATER_TEXTS].flatMap((table) => Object.keys(table));
  assertEquals(new Set(keys).size, keys.length);
  assertEquals(Object.keys(LATER_TEXTS).filter((key) => key in TEXTS), []);
});

Deno.test("detectLanguage: takes the browser's first language that the page speaks", () => {
  assertEquals(detectLanguage(["pt-PT", "en"]), "pt-BR");
  assertEquals(detectLanguage(["de", "PT-br", "en"]), "pt-BR");
  assertEquals(detectLanguage(["en-GB", "pt"]), "en");
  assertEquals(detectLanguage(["pts"]), "en");
  assertEquals(detectLanguage([]), "en");
});

Deno.test("t: fills in a text in the chosen language", () => {
  try {
    assertEquals(t("members", { count: 1 }), "1 person");
    language.value = "pt-BR";
    assertEquals(t("members", { count: 2 }), "2 pessoas");
  } finally {
    language.value = "en";
  }
});
