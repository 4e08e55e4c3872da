import { assert, assertEquals } from "@std/assert";
import { CLIENT_PROGRAM } from "../../lib/cli/client/client_program.ts";
import { answerCompletion } from "../../lib/cli/options/answer_completion.ts";
import { allOptions, visibleCommands } from "../../lib/cli/options/command.ts";
import { complete, type LookUp } from "../../lib/cli/options/complete.ts";
import { SERVER_PROGRAM } from "../../lib/cli/server/server_program.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";

const LOCALE = makeLocale("en");
const NAMES: LookUp = (kind, { typed, operands }) =>
  Promise.resolve([`${typed}${kind}1`, `${typed}${kind}2 of ${operands.join(",")}`]);

/** The candidates for the end of a line, and the local paths. */
async function at(line: string, lookUp: LookUp = NAMES, root = CLIENT_PROGRAM): Promise<string[]> {
  const words = line.split(" ");
  const current = words.pop()!;
  const { candidates, paths } = await complete(root, { words, current }, lookUp, LOCALE);
  return [...candidates.map(({ value }) => value), ...(paths === null ? [] : [`:${paths}`])];
}

const CASES: Array<[line: string, ...candidates: string[]]> = [
  ["g", "get", "ghost1", "ghost2 of "],
  ["get ", "host1", "host2 of "],
  ["get h ", "remote1", "remote2 of h"],
  ["get h a b d/", "d/remote1", "d/remote2 of h,a,b"],
  ["ls h d", "dremote-folder1", "dremote-folder2 of h"],
  ["ls h d "],
  ["listen h "],
  ["say h Hello "],
  ["put h ", ":files"],
  ["put h x --to ", "remote-folder1", "remote-folder2 of h,x"],
  ["say h --to ", "nick1", "nick2 of h"],
  ["say h --to=a", "--to=anick1", "--to=anick2 of h"],
  ["say --room ", "room1", "room2 of "],
  ["get h -o ", ":folders"],
  ["get h --password-file ", ":files"],
  ["get h --jobs "],
  ["get h --jobs="],
  ["get h --json="],
  ["get h --nothing="],
  ["get h --protocol ", "1", "2", "auto"],
  ["get h --protocol=a", "--protocol=auto"],
  ["get h -qo ", ":folders"],
  ["get h -- -", "-remote1", "-remote2 of h"],
  ["get --js", "--json"],
  ["get --json --js"],
  ["listen --room a --roo", "--room"],
  ["completions ", "bash", "zsh", "fish", "powershell"],
  ["completions bash "],
  ["help lis", "listen"],
  ["help serve us", "user"],
  ["help serve user pa", "passwd"],
  ["help nothing "],
  ["serve user l", "list"],
  ["serve user add ana --role a", "admin"],
  ["serve --root ", ":folders"],
  ["__comp", "__comphost1", "__comphost2 of "],
];

for (const [line, ...candidates] of CASES) {
  Deno.test(`complete: offers ${candidates.join(", ") || "nothing"} for "${line}"`, async () => {
    assertEquals(await at(line), candidates);
  });
}

Deno.test("complete: offers every command, and every option of each", async () => {
  const names = visibleCommands(CLIENT_PROGRAM).map(([name]) => name);
  assertEquals((await at("", () => Promise.resolve([]))).toSorted(), names.toSorted());
  for (const [name, command] of visibleCommands(CLIENT_PROGRAM)) {
    const options = Object.keys(command.options).map((option) => `--${option}`);
    assertEquals(await at(`${name} --`), options, name);
  }
  assert(Object.keys(allOptions(SERVER_PROGRAM)).length > 20);
});

Deno.test("complete: leaves out names with control characters", async () => {
  const lookUp = () => Promise.resolve(["a\nb", "\x1b[2Jc", "d\te", "f\u202eg", "ok"]);
  assertEquals(await at("get h ", lookUp), ["ok"]);
});

Deno.test("complete: offers names that would be options only after --", async () => {
  const lookUp = () => Promise.resolve(["-rf", "x"]);
  assertEquals(await at("get h ", lookUp), ["x"]);
  assertEquals(await at("get h -- ", lookUp), ["-rf", "x"]);
});

Deno.test("complete: offers no more candidates than a screen is good for", async () => {
  const many = Array.from({ length: LIMITS.completions + 1 }, (_, at) => `name ${at}`);
  for (const count of [LIMITS.completions - 1, LIMITS.completions, LIMITS.completions + 1]) {
    const offered = await at("get h ", () => Promise.resolve(many.slice(0, count)));
    assertEquals(offered.length, Math.min(count, LIMITS.completions));
  }
});

/** What bash inserts for a line whose end it replaces. */
async function inBash(replaced: string, line: string, ...names: string[]): Promise<string[]> {
  const args = ["bash", replaced, line];
  return await answerCompletion(CLIENT_PROGRAM, args, () => Promise.resolve(names), LOCALE);
}

const BASH: Array<[replaced: string, line: string, name: string, answers: string[]]> = [
  ["", "tcp-chat get h ", "$(touch x).txt", ["=\\$\\(touch\\ x\\).txt"]],
  ["a", "tcp-chat get h a", "a`b", ["=a\\`b"]],
  ["a", "tcp-chat get h 'a", "a'b c", ["=a'\\''b c"]],
  ["a", 'tcp-chat get h "a', 'a"$b!', ['=a\\"\\$b"\'!\'"']],
  ["b", "tcp-chat get h a:b", "a:b c", ["=b\\ c"]],
  ["", "tcp-chat get 10.0.0.5:", "10.0.0.5:60", ["=60"]],
  ["b", "tcp-chat get h a\\ b", "a bc", ["=bc"]],
  ["x", "tcp-chat get h a\\ b", "a bc", []],
  ["a\\ b", "tcp-chat get h a\\ b", "a bc", ["=a\\ bc"]],
  ["", "tcp-chat say h --room=", "lobby", ["=lobby"]],
  ["d", "X=1 tcp-chat get h d", "docs/", ["=docs/", ":nospace"]],
  ["ação", "tcp-chat get h ação", "ação\u00a0!", ["=ação\\\u00a0\\!"]],
];

for (const [replaced, line, name, answers] of BASH) {
  Deno.test(`answerCompletion: replaces "${replaced}" of ${line} for ${name} in bash`, async () => {
    assertEquals(await inBash(replaced, line, name), answers);
  });
}

Deno.test("answerCompletion: quotes for PowerShell, and passes the name and its help, too", async () => {
  const inPowerShell = async (name: string, current = "") =>
    (await answerCompletion(
      CLIENT_PROGRAM,
      ["powershell", `=${current}`, "get", "h"],
      () => Promise.resolve([name]),
      LOCALE,
    ))[0];
  assertEquals(await inPowerShell("a.txt"), "=a.txt\ta.txt\t");
  assertEquals(await inPowerShell("$(x) y.txt"), "='$(x) y.txt'\t$(x) y.txt\t");
  assertEquals(await inPowerShell("it's.txt", "'it"), "='it''s.txt'\tit's.txt\t");
  assertEquals(await inPowerShell("a’;x‘"), "='a’’;x‘‘'\ta’;x‘\t");
  assertEquals(await inPowerShell("--jso", "--jso"), "=--json\t--json\tresults as JSON lines");
  assertEquals(await inPowerShell("@x,y"), "='@x,y'\t@x,y\t");
});

Deno.test("answerCompletion: answers nothing for an unknown shell or no arguments", async () => {
  for (const args of [[], ["tcsh", "x"], ["constructor"]]) {
    assertEquals(await answerCompletion(CLIENT_PROGRAM, args, NAMES, LOCALE), []);
  }
});
