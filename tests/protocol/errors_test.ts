import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import {
  codeOfText,
  ConnectionError,
  describeFailure,
  type Language,
  ProtocolError,
  REQUEST_ERROR_TEXTS,
  RequestError,
  type RequestErrorCode,
} from "../../lib/protocol/errors.ts";

const CODES = Object.keys(REQUEST_ERROR_TEXTS) as RequestErrorCode[];
const LANGUAGES: Language[] = ["en", "pt-BR"];

Deno.test("describeFailure: has a different text for every code in each language", () => {
  for (const language of LANGUAGES) {
    const texts = CODES.map((code) => describeFailure(code, language));
    assertEquals(new Set(texts).size, CODES.length);
    for (const text of texts) {
      assert(text.length > 0);
      assertEquals(text, text.trim());
    }
  }
  for (const code of CODES) {
    assertNotEquals(REQUEST_ERROR_TEXTS[code].en, REQUEST_ERROR_TEXTS[code]["pt-BR"]);
  }
});

Deno.test("codeOfText: is the inverse of describeFailure", () => {
  for (const code of CODES) {
    for (const language of LANGUAGES) {
      assertEquals(codeOfText(describeFailure(code, language)), code);
    }
  }
});

Deno.test("codeOfText: returns null for any other text", () => {
  for (const text of ["", "not-found", "file not found", "File not found.", "constructor"]) {
    assertEquals(codeOfText(text), null);
  }
});

Deno.test("RequestError, ProtocolError, ConnectionError: have a code, a message and a cause", () => {
  const cause = new Error("because");
  const request = new RequestError("busy", undefined, { cause });
  assertEquals(
    [request.name, request.code, request.message],
    ["RequestError", "busy", REQUEST_ERROR_TEXTS.busy.en],
  );
  assertStrictEquals(request.cause, cause);
  assertEquals(new RequestError("busy", "detail").message, "detail");

  const protocol = new ProtocolError("truncated", "cut", { cause });
  assertEquals([protocol.name, protocol.code, protocol.message], [
    "ProtocolError",
    "truncated",
    "cut",
  ]);
  assertStrictEquals(protocol.cause, cause);

  const connection = new ConnectionError("lost", "gone", { cause });
  assertEquals([connection.name, connection.code, connection.message], [
    "ConnectionError",
    "lost",
    "gone",
  ]);
  assertStrictEquals(connection.cause, cause);
});
