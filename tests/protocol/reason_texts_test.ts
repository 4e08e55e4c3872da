import { assert, assertEquals } from "@std/assert";
import {
  describeFailure,
  type Language,
  RequestError,
  type RequestErrorReason,
} from "../../lib/protocol/errors.ts";
import {
  describeForPeer,
  failureOfText,
  PEER_REASON_TEXTS,
} from "../../lib/protocol/reason_texts.ts";

const REASONS = Object.keys(PEER_REASON_TEXTS) as RequestErrorReason[];
const LANGUAGES: Language[] = ["en", "pt-BR"];

Deno.test("describeForPeer: has a different text for every reason in each language", () => {
  for (const language of LANGUAGES) {
    const texts = REASONS.map((reason) =>
      describeForPeer(new RequestError("denied", "detail", { reason }), language)
    );
    assertEquals(new Set(texts).size, REASONS.length);
    for (const text of texts) assert(text.length > 0 && text.trim() === text);
  }
});

Deno.test("describeForPeer: uses the text of the code without a reason for the peer", () => {
  const plain = new RequestError("busy", "detail");
  const other = new RequestError("busy", "detail", { reason: "path-dots" });
  for (const error of [plain, other]) {
    assertEquals(describeForPeer(error, "en"), "Busy, try again later");
    assertEquals(describeForPeer(error, "pt-BR"), "Ocupado, tente mais tarde");
  }
});

Deno.test("failureOfText: recognises the texts of FERR, and of a ban, in each language", () => {
  for (const language of LANGUAGES) {
    const full = failureOfText(describeFailure("server-full", language));
    assertEquals(full, { code: "server-full", reason: null });
    const banned = failureOfText(PEER_REASON_TEXTS.banned[language]);
    assertEquals(banned, { code: "denied", reason: "banned" });
    const many = failureOfText(PEER_REASON_TEXTS["address-full"][language]);
    assertEquals(many, { code: "server-full", reason: "address-full" });
  }
  for (const text of ["", "Server full", "[Errno 2] No such file"]) {
    assertEquals(failureOfText(text), null);
  }
});
