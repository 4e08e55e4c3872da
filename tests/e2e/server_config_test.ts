/** The server's configuration file. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { jsonLines, Program, run } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const MINIMAL = 'port = 0\nhost = "127.0.0.1"\nno-console = true\njson = true\n';

Deno.test("tcp-chat-server: starts as its file says, and never serves that file", async () => {
  using folder = new TempDir();
  const file = folder.write(
    "shared/server.toml",
    `${MINIMAL}root = "shared"\ndata = "data"\nname = "casa"\n`,
  );
  folder.write("shared/a.txt", "a");
  Deno.linkSync(file, folder.join("shared/other.toml"));
  const options = {
    cwd: folder.path,
    env: { XDG_CONFIG_HOME: folder.join("config"), XDG_STATE_HOME: folder.join("state") },
  };
  await using server = new Program("server", ["--config", "shared/server.toml"], options);
  const { port } = await server.stdout.waitForEvent("listening");
  const listed = await run("client", ["ls", `127.0.0.1:${port}`], options);
  assertEquals([listed.code, listed.stdout], [0, "a.txt\n"]);
  for (const name of ["server.toml", "other.toml"]) {
    assertEquals((await run("client", ["get", `127.0.0.1:${port}`, name], options)).code, 4);
  }
});

Deno.test("tcp-chat-server --print-config: tells values and sources as TOML that it reads again", async () => {
  using folder = new TempDir();
  const file = folder.write("config/tcp-chat/server.toml", "port = 7\ntls = true\nhistory = 5\n");
  const env = { XDG_CONFIG_HOME: folder.join("config"), TCP_CHAT_TLS: "0", TCP_CHAT_HISTORY: "6" };
  const options = { cwd: folder.path, env };
  const args = ["--print-config", "--history", "8", "--name", "a\u001b[31m\u{e0001}'\""];
  const text = await run("server", args, options);
  assertEquals([text.code, text.stderr], [0, ""]);
  const lines = text.stdout.split("\n").map((line) => line.replace(/ +#/, " #"));
  for (
    const line of [
      `# File: ${file}`,
      `port = 7 # ${file}, line 1`,
      "tls = false # environment, TCP_CHAT_TLS",
      "history = 8 # command line",
      'host = "0.0.0.0" # default',
      "# metrics is not set",
    ]
  ) assertEquals(lines.includes(line), true, `${line} in\n${text.stdout}`);

  const printed = folder.write("printed.toml", text.stdout);
  const again = await run("server", ["--config", printed, "--print-config", "--json"], {
    cwd: folder.path,
  });
  const rows = jsonLines(again.stdout);
  assertEquals(rows[0], { event: "config", file: printed });
  const rowOf = (name: string) => rows.find((row) => row.name === name);
  assertEquals([rowOf("name").value, rowOf("name").from], ["a\u001b[31m\u{e0001}'\"", "file"]);
  assertEquals([rowOf("tls").value, rowOf("history").value], [false, 8]);
  assertEquals(rowOf("metrics"), {
    event: "option",
    name: "metrics",
    value: null,
    from: "default",
  });
});

Deno.test("tcp-chat-server: refuses a bad file, also for the accounts, in its own language", async () => {
  using folder = new TempDir();
  const bad = folder.write("bad.toml", "\n\nprot = 1\n");
  const options = { cwd: folder.path, env: { TCP_CHAT_CONFIG: bad } };
  for (const args of [[], ["--print-config"], ["user", "list"]]) {
    const { code, stderr } = await run("server", args, options);
    assertEquals(code, 2);
    assertStringIncludes(stderr, `${bad}, line 3: unknown option "prot". Did you mean port?`);
  }
  assertEquals((await run("server", ["--help"], options)).code, 0);
  const missing = await run("server", ["--config", "none.toml"], { cwd: folder.path });
  assertEquals(missing.code, 4);
});

Deno.test("tcp-chat-server user: manages the accounts of the data folder that the file names", async () => {
  using folder = new TempDir();
  folder.write("config/tcp-chat/server.toml", 'data = "mine"\nlang = "pt-BR"\n');
  const options = {
    cwd: folder.path,
    env: { XDG_CONFIG_HOME: folder.join("config"), XDG_STATE_HOME: folder.join("state") },
  };
  const added = await run("server", ["user", "add", "ana"], { ...options, input: "secret word\n" });
  assertEquals(added.code, 0, added.stderr);
  assertEquals(folder.list().includes("mine"), true);
  const unknown = await run("server", ["user", "remove", "bob"], options);
  assertEquals(/não|conta/.test(unknown.stderr), true, unknown.stderr);
});
