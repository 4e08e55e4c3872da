/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { describeError } from "../../lib/page/text/describe_error.ts";
import { language } from "../../lib/page/text/language.ts";
import { loadReasons } from "../../lib/page/text/reasons.ts";
import { ConnectionError, RequestError } from "../../lib/protocol/errors.ts";

Deno.test("describeError: takes the reason before the code, and the peer's own words before that", async () => {
  assertEquals(describeError(new RequestError("denied")), "Permission denied");
  const off = new RequestError("denied", undefined, { reason: "uploads-off" });
  assertEquals(describeError(off), "Permission denied"); // Until the texts of reasons are loaded
  await loadReasons();
  assertEquals(
    describeError(off),
    "This server takes no uploads and no changes (it runs without -u)",
  );
  const quote = new RequestError("busy", "Come\u202e back", { isQuote: true });
  assertEquals(describeError(quote), "Come back");
});

Deno.test("describeError: tells a lost connection, and why the server ended one", () => {
  assertEquals(describeError(new ConnectionError("lost", "x")), "The connection was lost");
  const full = new ConnectionError("rejected", "x", { requestCode: "server-full" });
  assertEquals(describeError(full), "server full");
});

Deno.test("describeError: gives advice about what the browser refuses, in the page's language", () => {
  const unreadable = new DOMException("x", "NotReadableError");
  try {
    language.value = "pt-BR";
    assertEquals(
      describeError(unreadable),
      "O navegador não consegue mais ler este arquivo: escolha de novo",
    );
  } finally {
    language.value = "en";
  }
  assertEquals(describeError(new DOMException("odd", "Odd")), "odd");
  assertEquals(describeError(new Error("plain\nlines")), "plain lines");
  assertEquals(describeError("text"), "text");
});
