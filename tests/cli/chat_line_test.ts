import { assertEquals } from "@std/assert";
import { parseChatLine } from "../../lib/cli/view/chat_line.ts";

Deno.test("a line of chat is taken apart into who speaks and what is said", () => {
  assertEquals(parseChatLine("[guest-1]: hello"), { from: "guest-1", text: "hello" });
  assertEquals(parseChatLine("[SERVIDOR]: olá"), { from: "SERVIDOR", text: "olá" });
});

Deno.test("what is said may hold brackets, colons and newlines, or be empty", () => {
  assertEquals(parseChatLine("[a]: [b]: c"), { from: "a", text: "[b]: c" });
  assertEquals(parseChatLine("[a]: one\ntwo\n"), { from: "a", text: "one\ntwo\n" });
  assertEquals(parseChatLine("[a]: "), { from: "a", text: "" });
});

for (const line of ["", "hello", "[a] hello", "[]: hello", "[a\nb]: x", " [a]: x", "[a]:x"]) {
  Deno.test(`nobody is named in ${JSON.stringify(line)}`, () => {
    assertEquals(parseChatLine(line), { from: null, text: line });
  });
}

Deno.test("a name has at most 128 characters", () => {
  const line = (length: number) => `[${"n".repeat(length)}]: x`;
  assertEquals(parseChatLine(line(128)).from, "n".repeat(128));
  assertEquals(parseChatLine(line(129)), { from: null, text: line(129) });
});
