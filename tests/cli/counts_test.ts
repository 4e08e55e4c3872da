import { assertEquals } from "@std/assert";
import type { Parameters } from "../../lib/protocol/fill_text.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { type TextKey, TEXTS } from "../../lib/cli/texts/texts.ts";

/** Texts with a count, in English and in Portuguese. */
const COUNTED: Array<[key: TextKey, parameters: Parameters, en: string, pt: string]> = [
  ["sameCount", { same: 1 }, "1 file is the same", "1 arquivo é igual"],
  ["sameCount", { same: 0 }, "0 files are the same", "0 arquivos são iguais"],
  ["missingCount", { count: 2 }, "2 are missing", "2 faltam"],
  [
    "missed",
    { room: "x", count: 1 },
    "#x: 1 message is no longer kept",
    "#x: 1 mensagem não é mais guardada",
  ],
  [
    "missed",
    { room: "x", count: 2 },
    "#x: 2 messages are no longer kept",
    "#x: 2 mensagens não são mais guardadas",
  ],
  [
    "roomLine",
    { room: "x", members: 1, seq: 0 },
    "#x: 1 client, no messages",
    "#x: 1 cliente, nenhuma mensagem",
  ],
  [
    "roomLine",
    { room: "x", members: 2, seq: 1 },
    "#x: 2 clients, 1 message",
    "#x: 2 clientes, 1 mensagem",
  ],
  [
    "roomLine",
    { room: "x", members: 3, seq: 2 },
    "#x: 3 clients, 2 messages",
    "#x: 3 clientes, 2 mensagens",
  ],
  [
    "failedOf",
    { failed: 1, total: 2 },
    "1 of 2 files failed",
    "1 de 2 arquivos falhou",
  ],
  [
    "failedOf",
    { failed: 2, total: 3 },
    "2 of 3 files failed",
    "2 de 3 arquivos falharam",
  ],
  ["leftOutCount", { count: 1 }, "1 item was left out", "1 item ficou de fora"],
  ["leftOutCount", { count: 2 }, "2 items were left out", "2 itens ficaram de fora"],
  ["sizeExact", { size: "1 B", bytes: 1 }, "1 B (1 byte)", "1 B (1 byte)"],
  ["sizeExact", { size: "0 B", bytes: 0 }, "0 B (0 bytes)", "0 B (0 bytes)"],
];

for (const [key, parameters, en, pt] of COUNTED) {
  Deno.test(`TEXTS.${key}: agrees with ${JSON.stringify(parameters)}`, () => {
    assertEquals(makeLocale("en").t(key, parameters), en);
    assertEquals(makeLocale("pt-BR").t(key, parameters), pt);
  });
}

Deno.test("TEXTS: has two forms for a count, or three including zero", () => {
  for (const [key, text] of Object.entries(TEXTS)) {
    for (const [, forms] of Object.values(text).join().matchAll(/\{\w+\|([^{}]*)\}/g)) {
      const count = forms!.split("|").length;
      assertEquals(count === 2 || count === 3, true, `${key}: ${forms}`);
    }
  }
});
