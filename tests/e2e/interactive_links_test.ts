/** Links from the interactive client. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { webPage } from "../../lib/web/web_page.ts";
import { startLinkServer } from "../helpers/links.ts";
import { run } from "../helpers/program.ts";
import { hasTerminal, Terminal } from "../helpers/terminal.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const AS_ALICE = { TCP_CHAT_PASSWORD: "correct horse", TCP_CHAT_USER: "alice" };
const FILES = { "docs/a.txt": "a", "with space.txt": "b", "inbox/old.txt": "old" };

Deno.test("interactive: share prints a line that works, links shows it, unshare takes it back", async () => {
  await using fixture = await startLinkServer(FILES);
  using here = new TempDir();
  const { port } = fixture.server;
  const chat = (input: string) =>
    run("client", ["127.0.0.1", String(port)], { input, env: AS_ALICE, cwd: here.path });

  const made = await chat('share docs --count 1 --note "for Bob"\n');
  assertEquals(made.code, 0, made.stderr);
  assertStringIncludes(made.stdout, "By this link one receiver can fetch docs until ");
  const [, address = "", id = ""] =
    / get '(tcp-chat:\/\/\S+link=([a-z2-7]{8})\.[\w-]{20})'\n/.exec(made.stdout) ?? [];
  assert(address.startsWith(`tcp-chat://127.0.0.1:${port}/docs`), made.stdout);
  assertStringIncludes(made.stdout, `Take it back with: /unshare ${id}\n`);
  const got = await run("client", ["get", address, "-o", here.join("got")]);
  assertEquals(got.code, 0, got.stderr);
  assertEquals(Deno.readTextFileSync(here.join("got/docs/a.txt")), "a");

  const more = await chat("compartilhar with space.txt\nlinks\n");
  assertEquals(more.code, 0, more.stderr);
  assertStringIncludes(more.stdout, "Whoever has this link can fetch with space.txt until ");
  assertMatch(more.stdout, new RegExp(`\n${id}  fetch  used up .* alice: for Bob\n`));
  const [, other = ""] = /\/unshare ([a-z2-7]{8})\n/.exec(more.stdout) ?? [];
  const back = await chat(`unshare aaaaaaaa ${other}\nlinks\n`);
  assertEquals(back.code, 4);
  assertStringIncludes(back.stdout, `The link ${other} is taken back\n`);
  assertMatch(back.stdout, /aaaaaaaa: /);
  assertMatch(back.stdout, new RegExp(`\n${other}  fetch  taken back +with space.txt`));
});

Deno.test("interactive: share and unshare tell a mistake, and the exit code with it", async () => {
  await using fixture = await startLinkServer(FILES, { web: webPage() });
  const args = ["127.0.0.1", String(fixture.server.port)];
  for (
    const [input, code, said] of [
      ["share", 2, "Usage: share NAME"],
      ["share --count 1", 2, "Usage: share NAME"],
      ["share docs --count 0", 2, "--count"],
      ["share docs --size 1MiB", 2, "--size goes with --upload"],
      ["share docs --expires 31d", 2, "--expires must be a time"],
      ["share docs --forever", 2, "--forever"],
      ["share none", 4, "none: File not found"],
      ["unshare", 2, "Usage: unshare ID…"],
      ["unshare docs", 2, "docs is not the id of a link"],
    ] as const
  ) {
    const { code: exitCode, stdout } = await run("client", args, {
      input: `${input}\n`,
      env: AS_ALICE,
    });
    assertEquals([exitCode, stdout.includes(said)], [code, true], `${input}: ${stdout}`);
  }
  const guest = await run("client", args, { input: "share docs\nlinks\n" });
  assertEquals(guest.code, 6, guest.stdout);
  const portuguese = await run("client", [...args, "--lang", "pt-BR"], {
    input: "compartilhar inbox --upload\nlinks\n",
    env: AS_ALICE,
  });
  assertStringIncludes(portuguese.stdout, "Quem tiver este link pode enviar novos arquivos");
  assertMatch(
    portuguese.stdout,
    /link=(\S+)' ARQUIVO\.\.\.\n {2}http:\/\/127\.0\.0\.1:\d+\/#\/send\/\1\n/,
  );
  assertMatch(portuguese.stdout, /Cancele com: \/descompartilhar [a-z2-7]{8}\n/);
});

Deno.test("interactive: share takes what is quoted as it stands, and only one name", async () => {
  const names = ["--upload", "-x", "two  blanks.txt", "with space.txt"];
  await using fixture = await startLinkServer(
    Object.fromEntries(names.map((name) => [name, "content"])),
  );
  const args = ["127.0.0.1", String(fixture.server.port)];
  for (
    const [input, shared] of [
      ['share "--upload"', "--upload"],
      ["share '-x' --count 1", "-x"],
      ["share -- -x", "-x"],
      ["share two  blanks.txt", "two  blanks.txt"],
      ['share --note "-x" "two  blanks.txt"', "two  blanks.txt"],
      ['share with space.txt --note="for Bob"', "with space.txt"],
      ["share with\\ space.txt --note='for Bob'", "with space.txt"],
      ['share "-x" with space.txt', null],
    ] as const
  ) {
    const { code, stdout } = await run("client", args, { input: `${input}\n`, env: AS_ALICE });
    const said = shared === null ? "Usage: share NAME" : `can fetch ${shared} until `;
    assertEquals([code, stdout.includes(said)], [shared === null ? 2 : 0, true], stdout);
  }
  const { stdout } = await run("client", args, { input: "links\n", env: AS_ALICE });
  assertEquals(stdout.match(/alice: .*/g), ["alice: -x", "alice: for Bob", "alice: for Bob"]);
});

Deno.test({
  name: "interactive: share prints its line so that a terminal copies it whole",
  ignore: !hasTerminal(),
  async fn() {
    await using fixture = await startLinkServer(FILES);
    const args = ["127.0.0.1", String(fixture.server.port)];
    await using terminal = new Terminal("client", args, { env: AS_ALICE });
    await terminal.endsWith("[lobby] >");
    await terminal.enter("share with space.txt");
    await terminal.shows(/^Take it back with: /);
    assertMatch(terminal.written, / get 'tcp-chat:\/\/127[^\s']+with%20space.txt[^\s']+'\r\n/);
  },
});
