import { assertEquals } from "@std/assert";
import { commandWords } from "../../lib/cli/interactive/commands.ts";
import { parseTransferRequest } from "../../lib/cli/interactive/transfer_request.ts";
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
  assertEquals(await words("c"), [
    "cancel ",
    "cancelar ",
    "chat ",
    "clear ",
    "compartilhar ",
    "conversar ",
    "criar ",
  ]);
  assertEquals(await words(""), commandWords().map((word) => `${word} `).sort());
});

Deno.test("completer: offers nothing for a prefix of no command word", async () => {
  for (const line of ["x", "//q"]) assertEquals(await words(line), [], line);
});

Deno.test("completer: completes the argument of a command by its kind, in both languages", async () => {
  for (const line of ["get ", "/arquivo ", "ls ", "listar ", "share ", "compartilhar "]) {
    assertEquals(await complete(`${line}a f`), [["a\\ f1", "a\\ folder/"], "a f"]);
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

/** Files and folders with names that are hard to type. */
const ODD = [
  "my file.txt",
  "my folder/",
  'say "hi".txt',
  "it's.txt",
  "plain.txt",
  "7",
  "--replace",
];

const PATHS: ReadonlyArray<readonly [argument: string, words: readonly string[], last: string]> = [
  ['"my fi', ['"my file.txt"'], '"my fi'],
  ["'my f", ["'my file.txt'", "'my folder/"], "'my f"],
  ["my\\ fo", ["my\\ folder/"], "my\\ fo"],
  ["my fi", ["my\\ file.txt"], "my fi"],
  ["MY", ["my\\ file.txt", "my\\ folder/"], "MY"],
  ["say", ['say\\ "hi".txt'], "say"],
  ['"say', ['say\\ "hi".txt'], '"say'],
  ["'say", ["'say \"hi\".txt'"], "'say"],
  ["it", ["it's.txt"], "it"],
  ["pl", ["plain.txt"], "pl"],
  ["7", ['"7"'], "7"],
  ["--r", ['"--replace"'], "--r"],
  ['plain.txt "my fi', ['"my file.txt"'], '"my fi'],
  ['"my file.txt" pl', ["plain.txt"], "pl"],
  ["plain.txt it", ["it's.txt"], "it"],
  ["--replace pl", ["plain.txt"], "pl"],
];

for (const [argument, expected, last] of PATHS) {
  Deno.test(`completer: completes the path ${argument} of get and put as it is typed`, async () => {
    for (const command of ["get", "put", "/ENVIAR"]) {
      const sources = { remotePaths: () => ODD, localPaths: () => ODD };
      assertEquals(await complete(`${command} ${argument}`, sources), [[...expected], last]);
    }
  });
}

Deno.test("completer: offers names that the command takes for what they are", async () => {
  for (const quote of ["", '"', "'"]) {
    for (const name of ODD) {
      const sources = { localPaths: () => [name] };
      const [word = ""] = await words(`put ${quote}${name.slice(0, 1)}`, sources);
      const isOpen = quote !== "" && name.endsWith("/") && word.startsWith(quote);
      const request = parseTransferRequest(isOpen ? word + quote : word);
      assertEquals([request?.names, request?.replace], [[name], false], word);
    }
  }
});

Deno.test("completer: completes the folder behind -o and --to on its side, in folders only", async () => {
  const sources = {
    remotePaths: () => ["there/", "there.txt"],
    localPaths: () => ["the home/", "thesis.txt"],
  };
  assertEquals(await complete("get a -o th", sources), [["the\\ home/"], "th"]);
  assertEquals(await complete('put a --to "th', sources), [['"there/'], '"th']);
});

Deno.test("completer: goes on to the last word where the whole argument names no folder", async () => {
  const remotePaths = (typed: string) =>
    typed.includes(" ") ? Promise.reject(new Error("not found")) : ["b.txt"];
  assertEquals(await complete("get a/b c/d b", { remotePaths }), [["b.txt"], "b"]);
});

Deno.test("completer: completes rooms with # where a room is named", async () => {
  const rooms = (typed: string) => [typed.startsWith("#") ? "#ops" : "ops"];
  for (const command of ["join", "PART", "topic", "/assunto"]) {
    assertEquals(await complete(`${command} #O`, { rooms }), [["#ops"], "#O"]);
  }
  assertEquals(await words("topic #ops a", { rooms }), ["ana "]);
});

Deno.test("completer: completes a file of this machine behind --sums and the like", async () => {
  const sources = { remotePaths: () => ["there.txt"], localPaths: () => ["the sums", "here/"] };
  for (const option of ["--sums", "--from-sums", "--exclude-from"]) {
    assertEquals(await complete(`get a ${option} th`, sources), [["the\\ sums"], "th"]);
  }
});
