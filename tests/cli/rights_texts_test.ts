import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { RightsError } from "../../lib/accounts/rights.ts";
import { RuleError, type RuleErrorCode } from "../../lib/accounts/rule_error.ts";
import { describeError, EXIT } from "../../lib/cli/texts/failure.ts";
import { describeRightsError } from "../../lib/cli/texts/rights_texts.ts";

const CODES: Record<RuleErrorCode, true> = {
  "encoding": true,
  "file-long": true,
  "pattern-path": true,
  "pattern-stars": true,
  "quote": true,
  "rights-missing": true,
  "rights-unknown": true,
  "subject-missing": true,
  "subject-unknown": true,
};

Deno.test("describeRightsError: describes every RuleError in both languages, with its position", () => {
  for (const code of Object.keys(CODES) as RuleErrorCode[]) {
    const options = { word: "x\x1b", reason: "path-dots" as const };
    const error = new RuleError(code, "/data/rules", { line: 3, column: 7 }, options);
    const texts = (["en", "pt-BR"] as const).map((language) =>
      describeRightsError(error, language)!
    );
    assertNotEquals(texts[0], texts[1]);
    for (const text of texts) {
      for (const part of ["/data/rules", "3", "7"]) assertStringIncludes(text, part);
      assert(!text.includes("\x1b") && !/[{}\n]|undefined|null/.test(text), text);
    }
  }
});

Deno.test("describeRightsError: says why no file can match a pattern", () => {
  const at = { line: 1, column: 1 };
  const error = new RuleError("pattern-path", "rules", at, { word: "../a", reason: "path-dots" });
  assertEquals(
    describeRightsError(error, "en"),
    "Cannot use rules, line 1, column 1: no file can match ../a. Paths with . or .. are not allowed",
  );
  const unknown = new RuleError("pattern-path", "rules", at, { word: "a" });
  assertStringIncludes(describeRightsError(unknown, "en")!, "no file can match a.");
});

Deno.test("describeError: maps a RuleError to exit code 2", () => {
  const error = new RuleError("quote", "rules", { line: 1, column: 1 });
  const { code, exitCode, message } = describeError(error, "en");
  assertEquals([code, exitCode], ["usage", EXIT.usage]);
  assertEquals(message, describeRightsError(error, "en"));
});

Deno.test("describeRightsError: names an unknown right", () => {
  assertStringIncludes(describeRightsError(new RightsError("wirte"), "en")!, '"wirte"');
  assertStringIncludes(describeRightsError(new RightsError("wirte"), "pt-BR")!, '"wirte"');
});

Deno.test("describeRightsError: returns null for any other error", () => {
  assertEquals(describeRightsError(new Error("x"), "en"), null);
});
