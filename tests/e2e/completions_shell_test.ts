import { assertEquals } from "@std/assert";
import { startServer } from "../helpers/servers.ts";
import { needing, SHELLS_UNDER_TEST, ShellSession } from "../helpers/shell_session.ts";

/** Names that a shell would run, expand or split if they were inserted as they are. */
const HOSTILE_NAMES = [
  "$(touch x).txt",
  "`touch x`.txt",
  "a;touch x.txt",
  "a&touch x&.txt",
  "two words.txt",
  "it's.txt",
  'a"b.txt',
  "-rf",
  "~root",
  "#a!b.txt",
  "{a,b}*[c]?.txt",
  "<(touch x)>x|y.txt",
  "a:b=c@d.txt",
  "$HOME ação.txt",
];

/** Names that are completed inside of open quotes, too: each has what ends or escapes some quote. */
const QUOTED = HOSTILE_NAMES.filter((name) => /[$'"!]/.test(name));

for (const shell of SHELLS_UNDER_TEST) {
  const start = () => ShellSession.start(shell);

  Deno.test({
    name:
      `completions ${shell.name}: inserts hostile names of the server as they are, and runs none`,
    ...needing(shell.name),
    async fn() {
      const paths = HOSTILE_NAMES.map((name, at) => `d${at}/${name}`);
      await using server = await startServer(
        {},
        Object.fromEntries(paths.map((path) => [path, "x"])),
      );
      const address = `127.0.0.1:${server.port}`;
      await using session = await start();
      for (const [at, path] of paths.entries()) {
        for (const quote of QUOTED.includes(HOSTILE_NAMES[at]!) ? ["", "'", '"'] : [""]) {
          const args = await session.run(`tcp-chat get ${address} ${quote}d${at}/\t`);
          assertEquals(args, ["get", address, path], `${quote}${path}`);
        }
      }
      session.assertNothingRan();
    },
  });

  Deno.test({
    name: `completions ${shell.name}: completes commands, options, choices and local paths`,
    ...needing(shell.name),
    async fn() {
      await using session = await start();
      const folder = session.folder;
      Deno.mkdirSync(`${folder}/$(touch made)`);
      Deno.writeTextFileSync(`${folder}/$(touch made)/b c.txt`, "");
      const lines: Array<[keys: string, args: string[]]> = [
        ["help comp\t", ["help", "completions"]],
        ["get h x --no-r\t", ["get", "h", "x", "--no-resume"]],
        ["get h x --lang pt\t", ["get", "h", "x", "--lang", "pt-BR"]],
        ["get h x --lang=pt\t", ["get", "h", "x", "--lang=pt-BR"]],
        ["put h \t\t", ["put", "h", "$(touch made)/b c.txt"]],
        ["get h x -o \t", ["get", "h", "x", "-o", "$(touch made)"]],
        ["get h x --output=\t", ["get", "h", "x", "--output=$(touch made)"]],
        ["serve us\tad\tana --rol\tadm\t", ["serve", "user", "add", "ana", "--role", "admin"]],
      ];
      for (const [keys, args] of lines) {
        // zsh takes the last slash away when the line ends behind it
        const found = (await session.run(`tcp-chat ${keys}`)).map((word) =>
          word.replace(/\/$/, "")
        );
        assertEquals(found, args, keys);
      }
      assertEquals([...Deno.readDirSync(folder)].length, 1);
    },
  });
}
