/** The client's file, and the servers that it gives names. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { jsonLines, run, ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("tcp-chat: connects to a profile, completes its name, and never sends the file", async () => {
  using folder = new TempDir();
  folder.write("root/docs/x", "content");
  const env = { XDG_CONFIG_HOME: folder.join("config"), XDG_STATE_HOME: folder.join("state") };
  const options = { cwd: folder.path, env };
  const folders = { root: folder.join("root"), data: folder.join("data") };
  await using server = await ServerProgram.start(folders, ["-u", "--json", "--no-console"]);
  const text = `[servers.casa]\naddress = "127.0.0.1:${server.port}"\noutput = "got"\n`;
  folder.write("config/tcp-chat/client.toml", text);
  const got = await run("client", ["get", "casa", "docs/x"], options);
  assertEquals([got.code, got.stderr], [0, ""]);
  assertEquals(Deno.readTextFileSync(folder.join("got/x")), "content");
  const chat = await run("client", ["casa"], { ...options, input: "quit\n" });
  assertEquals(chat.code, 0, chat.stderr);

  const words = await run("client", ["__complete", "zsh", "=ca", "ls"], options);
  assertStringIncludes(words.stdout, "=casa");
  const paths = await run("client", ["__complete", "zsh", "=do", "ls", "casa"], options);
  assertStringIncludes(paths.stdout, "=docs/");

  folder.write("mine/client.toml", text);
  folder.write("mine/a.txt", "a");
  const own = ["--config", folder.join("mine/client.toml")];
  const put = await run("client", ["put", "casa", "mine", ...own], options);
  assertEquals(folder.list("root/mine"), ["a.txt"], put.stderr);
});

Deno.test("tcp-chat --print-config: tells which values of a profile count, and where they stand", async () => {
  using folder = new TempDir();
  const file = folder.write(
    "config/tcp-chat/client.toml",
    'lang = "pt-BR"\njobs = 2\n[servers.casa]\naddress = "h"\njobs = 3\ntls = true\n',
  );
  const env = { XDG_CONFIG_HOME: folder.join("config"), TCP_CHAT_TLS: "0" };
  const options = { cwd: folder.path, env };
  const text = await run("client", ["get", "casa", "--print-config"], options);
  assertEquals([text.code, text.stderr], [0, ""]);
  assertStringIncludes(text.stdout.replaceAll(/ +#/g, " #"), `jobs = 3 # ${file}, linha 5\n`);
  const json = await run("client", ["get", "casa", "--print-config", "--json"], options);
  const rows = jsonLines(json.stdout);
  const tls = { event: "option", name: "tls", value: false, from: "environment" };
  assertEquals(rows.find(({ name }) => name === "tls"), { ...tls, variable: "TCP_CHAT_TLS" });

  folder.write("config/tcp-chat/client.toml", "\nprot = 1\n");
  const bad = await run("client", ["ls", "casa", "--json"], options);
  assertEquals(bad.code, 2);
  assertStringIncludes(bad.stderr, `${file}, line 2: unknown option "prot"`);
  assertEquals((await run("client", ["help"], options)).code, 0);
});

Deno.test("tcp-chat: says when a profile stands in for a host of the same name", async () => {
  using folder = new TempDir();
  const env = { XDG_CONFIG_HOME: folder.join("config"), XDG_STATE_HOME: folder.join("state") };
  folder.write("config/tcp-chat/client.toml", '[servers.casa]\naddress = "127.0.0.1:1"\n');
  folder.write("config/tcp-chat/known_hosts", `casa:5555 ${"ab".repeat(32)}\n`);
  const { code, stderr } = await run("client", ["ls", "casa"], { cwd: folder.path, env });
  assertEquals(code, 3);
  assertStringIncludes(
    stderr,
    "casa is 127.0.0.1:1 in your file; the host of that name is tcp-chat://casa",
  );
});

Deno.test("tcp-chat: takes what follows the name of a server for its port, and the name for no command", async () => {
  using folder = new TempDir();
  folder.write("config/tcp-chat/client.toml", '[servers.casa]\naddress = "127.0.0.1:1"\n');
  const env = { XDG_CONFIG_HOME: folder.join("config"), XDG_STATE_HOME: folder.join("state") };
  const errors: [args: string[], text: string][] = [
    [["casa", "abc"], "The port must be a number from 1 to 65535, not abc"],
    [["casa", "1", "more"], "Unexpected argument more"],
    [["gett", "casa"], "Unknown command: gett. Did you mean get?"],
  ];
  for (const [args, text] of errors) {
    const { code, stderr } = await run("client", args, { cwd: folder.path, env });
    assertEquals([code, stderr], [2, `tcp-chat: ${text}\n`]);
  }
});
