import { assert, assertEquals } from "@std/assert";
import { CHAT_FAIL_TEXTS, describeChatFailure } from "../../lib/protocol/chat_failures.ts";
import { type Language, RequestError, type RequestErrorReason } from "../../lib/protocol/errors.ts";

const REASONS = Object.keys(CHAT_FAIL_TEXTS) as RequestErrorReason[];
const LANGUAGES: Language[] = ["en", "pt-BR"];

Deno.test("every reason of the chat has a text of its own in each language", () => {
  for (const language of LANGUAGES) {
    const texts = REASONS.map((reason) =>
      describeChatFailure(new RequestError("denied", "detail", { reason }), language)
    );
    assertEquals(new Set(texts).size, REASONS.length);
    for (const text of texts) assert(text.length > 0 && text.trim() === text);
  }
});

Deno.test("a failure without a reason, or with one of another kind, is told by its code", () => {
  const plain = new RequestError("busy", "detail");
  const other = new RequestError("busy", "detail", { reason: "path-dots" });
  for (const error of [plain, other]) {
    assertEquals(describeChatFailure(error, "en"), "Busy, try again later");
    assertEquals(describeChatFailure(error, "pt-BR"), "Ocupado, tente mais tarde");
  }
});
