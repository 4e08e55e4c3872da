import { assertEquals } from "@std/assert";
import { commandWords } from "../../lib/cli/interactive/commands.ts";
import { completer, type CompletionSources } from "../../lib/cli/interactive/completion.ts";

/** The completions of a line, and the part of the line that they replace. */
function complete(
  line: string,
  sources: Partial<CompletionSources> = {},
): Promise<readonly [words: string[], last: string]> {
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

Deno.test("completer: completes a prefix to all command words that begin with it", async () => {
  assertEquals(await words("a"), [
    ...["ajuda ", "apelido ", "arquivo ", "assunto ", "ausente ", "away "],
  ]);
  assertEquals(await words("/q"), ["/quem ", "/queme ", "/quemé ", "/quit "]);
  assertEquals(await words("c"), ["cancel ", "cancelar ", "chat ", "clear ", "conversar "]);
  assertEquals(await words(""), commandWords().map((word) => `${word} `).sort());
});

Deno.test("completer: offers nothing for a prefix of no command word", async () => {
  for (const line of ["x", "//q"]) assertEquals(await words(line), [], line);
});

Deno.test("completer: completes the argument of a command by its kind, in both languages", async () => {
  for (const line of ["get ", "/arquivo ", "ls ", "listar "]) {
    assertEquals(await complete(`${line}a f`), [["a f1", "a folder/"], "a f"]);
  }
  assertEquals(await words("put he"), ["here.txt"]);
  assertEquals(await words("join L"), ["lobby"]);
  assertEquals(await words("deixar "), ["lobby", "room"]);
  assertEquals(await words("msg b"), ["Bob"]);
});

Deno.test("completer: completes nicks in a message, with a colon at the beginning of the line", async () => {
  const isTalking = () => true;
  assertEquals(await complete("b", { isTalking }), [["Bob: "], "b"]);
  assertEquals(await complete("hello AN", { isTalking }), [["ana "], "AN"]);
  assertEquals(await words("hello ", { isTalking }), []);
  assertEquals(await words("/z", { isTalking }), []);
  assertEquals(await complete("chat hello b"), [["Bob "], "b"]);
});

Deno.test("completer: offers no name that a terminal would show as another, or carry out", async () => {
  const raw = ["ana\x1b[2J", "an\u202efdp.exe", "ana\u009b31m", "an\u200bb", "ana"];
  const hostile = () => raw;
  for (const line of ["msg a", "join a", "get a", "put a"]) {
    const sources = { nicks: hostile, rooms: hostile, remotePaths: hostile, localPaths: hostile };
    assertEquals(await words(line, sources), ["ana"], line);
  }
});
