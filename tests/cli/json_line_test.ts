import { assertEquals } from "@std/assert";
import { jsonLine, setUpJson } from "../../lib/cli/view/json_line.ts";

Deno.test("jsonLine: escapes what a terminal carries out or hides, and loses nothing", () => {
  const text = "a\x1b[2J\u009b31m\u202efdp\u2066\u200b\u2028\u{e0041}\x7f é 日 😀";
  const line = jsonLine({ text });
  // deno-lint-ignore no-control-regex -- it matches control characters on purpose
  assertEquals(/[\u0000-\u001f\u007f-\u009f\p{Cf}\u2028\u2029]/u.test(line), false);
  assertEquals(line.includes("é 日 😀"), true);
  assertEquals(JSON.parse(line), { text });
});

Deno.test("setUpJson: makes jsonLine escape all but ASCII, and nothing of it", () => {
  const value = { "ação": "a\u007e\u007f\u0080é 日 😀\ud800" };
  try {
    setUpJson(true);
    const line = jsonLine(value);
    const text = String.raw`{"a\u00e7\u00e3o":"a~\u007f\u0080\u00e9 \u65e5 \ud83d\ude00\ud800"}`;
    assertEquals(line, text);
    assertEquals(JSON.parse(line), value);
  } finally {
    setUpJson(false);
  }
  assertEquals(jsonLine("é"), '"é"');
});
