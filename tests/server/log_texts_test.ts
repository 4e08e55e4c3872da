import { assertStringIncludes } from "@std/assert";
import { LOG_TEXTS } from "../../lib/server/config/log_texts.ts";

Deno.test("LOG_TEXTS: capacity agrees with the number of clients", () => {
  assertStringIncludes(LOG_TEXTS.en.capacity(1, 9), "room for 1 client at once, not 9:");
  assertStringIncludes(LOG_TEXTS.en.capacity(2, 9), "room for 2 clients at once, not 9:");
  assertStringIncludes(LOG_TEXTS["pt-BR"].capacity(1, 9), "1 cliente ao mesmo tempo, não 9:");
  assertStringIncludes(LOG_TEXTS["pt-BR"].capacity(2, 9), "2 clientes ao mesmo tempo, não 9:");
});
