/** Addresses of several servers, `A,B`, of which some are not there. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { freePort } from "../helpers/free_port.ts";
import { run } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("tcp-chat: every command, a profile and the completion take several servers", async () => {
  using folder = new TempDir();
  await using server = await startServer({ uploads: true }, { "docs/a.txt": "a" });
  const env = { XDG_CONFIG_HOME: folder.join("config"), XDG_STATE_HOME: folder.join("state") };
  const options = { cwd: folder.path, env };
  const both = `127.0.0.1:${freePort()},127.0.0.1:${server.port}`;
  folder.write("config/tcp-chat/client.toml", `[servers.casa]\naddress = "${both}"\n`);
  folder.write("b.txt", "b");
  for (const place of [both, "casa"]) {
    const lines = [
      ["ls", place, "docs"],
      ["stat", place, "docs/a.txt"],
      ["get", place, "docs/a.txt", "--replace"],
      ["put", place, "b.txt", "--replace"],
      ["say", place, "hello"],
    ];
    for (const args of lines) {
      const { code, stderr } = await run("client", args, options);
      assertEquals([code, stderr.includes("127.0.0.1")], [0, false], `${args}: ${stderr}`);
    }
  }
  const talk = await run("client", [both], { ...options, input: "chat good morning\nquit\n" });
  assertEquals(talk.code, 0, talk.stderr);
  await server.waitFor("chat", ({ text }) => text === "good morning");
  const words = await run("client", ["__complete", "zsh", "=casa,127", "ls"], options);
  assertStringIncludes(words.stdout, `=casa,127.0.0.1:${server.port}`);
});

Deno.test("tcp-chat doctor: examines each of several servers, and fails with the first that fails", async () => {
  using folder = new TempDir();
  await using server = await startServer({}, {});
  const env = { XDG_CONFIG_HOME: folder.join("config"), XDG_STATE_HOME: folder.join("state") };
  const both = `127.0.0.1:${server.port},127.0.0.1:${freePort()}`;
  const { code, stdout } = await run("client", ["doctor", both], { cwd: folder.path, env });
  assertEquals(code, 3, stdout);
  assertStringIncludes(stdout, "All is well");
});
