import { assert, assertEquals } from "@std/assert";
import { describeRefused, parseTyped } from "../../lib/page/view/typed_commands.ts";

/** How a text is taken: its kind, and what is said or not known. */
function taken(text: string): string {
  const typed = parseTyped(text);
  if (typed.kind === "message") return `message ${typed.text}`;
  return typed.kind === "unknown" ? `unknown ${typed.name}` : typed.kind;
}

Deno.test("parseTyped: never makes a message of what begins like a command", () => {
  assertEquals(taken("/mgs ana secret"), "unknown mgs");
  assertEquals(taken("/kick bob"), "unknown kick");
  assertEquals(taken("/ignore"), "unknown ignore");
  assertEquals(taken("/help"), "unknown help");
  assertEquals(taken("/constructor"), "unknown constructor");
});

Deno.test("parseTyped: takes --help for a question about the commands, not for a nick or a text", () => {
  for (const text of ["/nick --help", "/apelido --HELP", "/away -h", "/me --help"]) {
    assertEquals(taken(text), "unknown help", text);
  }
});

Deno.test("parseTyped: leaves paths, slashes and fractions messages", () => {
  for (const text of ["/", "/ is a slash", "/home/ana/x", "/etc/", "1/2", "and /kick", "/*.txt"]) {
    assertEquals(taken(text), `message ${text}`);
  }
  assertEquals(taken("//help"), "message /help");
  assertEquals(taken("// a comment"), "message // a comment");
});

Deno.test("parseTyped: knows the commands in both languages, in any letter case", () => {
  const people = ["/whois ana", "/quemé ana", "/QUEME @ana", "/ignore ana", "/ignorar ana"];
  const each = [
    ...people,
    "/me waves",
    "/EU aceno",
    "/msg ana hi",
    "/privado ana oi\ne mais",
    "/join #ops",
  ];
  const others = [
    "/part",
    "/nick bob",
    "/topic T x",
    '/assunto ""',
    "/away",
    "/ausente a",
    "/back",
  ];
  for (const text of [...each, ...others]) assertEquals(taken(text), "command", text);
});

Deno.test("parseTyped: does not take a command that lacks its argument, or has one too many", () => {
  for (const text of ["/me", "/msg", "/msg ana", "/msg  ", "/join", "/join a b", "/nick a b"]) {
    assert(taken(text).startsWith("unknown"), text);
  }
  assertEquals(taken("/part ops"), "unknown part");
});

Deno.test("describeRefused: tells how a command is used, and which word is none", () => {
  const usages = { join: "/join ROOM", PRIVADO: "/msg NICK TEXT", part: "/part", me: "/me TEXT" };
  for (const [name, usage] of Object.entries(usages)) {
    const text = `Not sent: the command is ${usage}. To say it, begin with //.`;
    assertEquals(describeRefused(name), text);
  }
  for (const name of ["mgs", "help", "constructor"]) {
    assert(describeRefused(name).startsWith(`Not sent: /${name} is no command here.`), name);
  }
});
