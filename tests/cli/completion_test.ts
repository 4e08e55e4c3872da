import { assertEquals } from "@std/assert";
import { commandWords } from "../../lib/cli/interactive/commands.ts";
import { completer, type CompletionSources } from "../../lib/cli/interactive/completion.ts";

/** What a line is completed to, and which part of it that replaces. */
function complete(line: string, sources: Partial<CompletionSources> = {}) {
  return completer({
    nicks: () => ["ana", "Bob"],
    rooms: () => ["lobby", "room"],
    remotePaths: (typed) => [`${typed}1`, "a folder/"],
    localPaths: () => ["here.txt"],
    isTalking: () => false,
    ...sources,
  })(line);
}

async function words(line: string, sources: Partial<CompletionSources> = {}): Promise<string[]> {
  return (await complete(line, sources))[0].sort();
}

Deno.test("a beginning is completed to all words that begin so", async () => {
  assertEquals(await words("a"), ["ajuda ", "apelido ", "arquivo "]);
  assertEquals(await words("/q"), ["/quem ", "/quit "]);
  assertEquals(await words("c"), ["chat ", "conversar "]);
  assertEquals(await words(""), commandWords().map((word) => `${word} `).sort());
});

Deno.test("what no command begins with is not completed", async () => {
  for (const line of ["x", "//q"]) assertEquals(await words(line), [], line);
});

Deno.test("what follows a command is completed by what it takes, in any language", async () => {
  for (const line of ["get ", "/arquivo ", "ls ", "listar "]) {
    assertEquals(await complete(`${line}a f`), [["a f1", "a folder/"], "a f"]);
  }
  assertEquals(await words("put he"), ["here.txt"]);
  assertEquals(await words("join L"), ["lobby"]);
  assertEquals(await words("deixar "), ["lobby", "room"]);
  assertEquals(await words("msg b"), ["Bob"]);
});

Deno.test("in a text, a nick is completed, with a colon where it begins the line", async () => {
  const isTalking = () => true;
  assertEquals(await complete("b", { isTalking }), [["Bob: "], "b"]);
  assertEquals(await complete("hello AN", { isTalking }), [["ana "], "AN"]);
  assertEquals(await words("hello ", { isTalking }), []);
  assertEquals(await words("/b", { isTalking }), []);
  assertEquals(await complete("chat hello b"), [["Bob "], "b"]);
});
