import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { freePort } from "../helpers/free_port.ts";
import { jsonLines, run } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** Runs `tcp-chat doctor` with a configuration of its own. */
async function doctor(temp: TempDir, ...args: string[]) {
  const env = { XDG_CONFIG_HOME: temp.join("config"), XDG_STATE_HOME: temp.join("state") };
  return await run("client", ["doctor", ...args], { cwd: temp.path, env });
}

Deno.test("tcp-chat doctor: finds a healthy server, exits with 0, and writes nothing", async () => {
  using temp = new TempDir();
  await using server = await startServer({}, { "a.txt": "a" });
  const { code, stdout, stderr } = await doctor(temp, `127.0.0.1:${server.port}`);
  assertEquals([code, stderr], [0, ""], stdout);
  for (const line of [/^ok {4}port /m, /^ok {4}server /m, /^ok {4}packets +up to 60,000/m]) {
    assert(line.test(stdout), stdout);
  }
  assertStringIncludes(stdout, "All is well");
  assertEquals(temp.list(), []);
});

Deno.test("tcp-chat doctor --json: prints a check a line, and exits with 3 for a closed port", async () => {
  using temp = new TempDir();
  const { code, stdout } = await doctor(temp, `127.0.0.1:${freePort()}`, "--json");
  const events = jsonLines(stdout);
  assertEquals(code, 3);
  assertEquals(events.at(-1), { event: "doctor", failed: 1, warnings: 0 });
  assertEquals(events.filter(({ status }) => status === "fail").map(({ finding }) => finding), [
    "port-refused",
  ]);
  assertEquals(new Set(events.slice(0, -1).map(({ event }) => event)), new Set(["check"]));
});

Deno.test("tcp-chat doctor: exits with 6 for another key, and tells both in Portuguese", async () => {
  using temp = new TempDir();
  await using server = await startServer({ tls: "own", dataDirectory: temp.join("data") });
  const args = [`127.0.0.1:${server.port}`, "--fingerprint", "0".repeat(64), "--lang", "pt-BR"];
  const { code, stdout } = await doctor(temp, ...args);
  assertEquals(code, 6, stdout);
  assertStringIncludes(stdout, "FALHA TLS");
  assertStringIncludes(stdout, server.eventsOf("listening")[0]!.fingerprint!);
  assertStringIncludes(stdout, "1 falha");
});

Deno.test("tcp-chat doctor: without HOST, tells of this machine; -q only of trouble", async () => {
  using temp = new TempDir();
  const here = await doctor(temp, "--json");
  assert(here.stdout.includes('"id":"network"'), here.stdout);
  const quiet = await doctor(temp, `127.0.0.1:${freePort()}`, "-q");
  assertEquals(quiet.code, 3);
  assertEquals(quiet.stdout.split("\n")[0]!.slice(0, 10), "FAIL  port");
});

/** Runs the check of a server's machine, by either name of the command. */
async function serverDoctor(temp: TempDir, command: "server" | "client", ...args: string[]) {
  const words = command === "server" ? ["doctor"] : ["serve", "doctor"];
  const env = { XDG_CONFIG_HOME: temp.join("config"), XDG_STATE_HOME: temp.join("state") };
  const place = ["-H", "127.0.0.1", "-p", String(freePort()), "-r", temp.path];
  return await run(command, [...words, ...place, ...args], { cwd: temp.path, env });
}

for (const command of ["server", "client"] as const) {
  Deno.test(`${command === "server" ? "tcp-chat-server" : "tcp-chat serve"} doctor: finds a machine ready, and writes nothing`, async () => {
    using temp = new TempDir();
    const { code, stdout, stderr } = await serverDoctor(temp, command, "--allow-upload");
    assertEquals([code, stderr], [0, ""], stdout);
    assert(/^ok {4}port .* is free$/m.test(stdout), stdout);
    assertEquals(temp.list(), []);
  });
}

Deno.test({
  name: "tcp-chat-server doctor: exits with 7 for folders that the start could not use",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using temp = new TempDir();
    const { code, stdout } = await serverDoctor(
      temp,
      "server",
      "-r",
      "/proc/x",
      "--data",
      "/proc/y",
    );
    assertEquals(code, 7, stdout);
    assertStringIncludes(stdout, "/proc/x cannot be used: permission denied");
    assertStringIncludes(stdout, "/proc/y cannot be used: permission denied");
    assertEquals(stdout.includes("--allow-all"), false, stdout);
  },
});

Deno.test("tcp-chat-server doctor: exits with 7 for a damaged database, and with 3 for a taken port", async () => {
  using temp = new TempDir();
  temp.write("data/tcp-chat.db", "this is no database at all".repeat(100));
  const data = ["--data", temp.join("data"), "--lang", "pt-BR"];
  const damaged = await serverDoctor(temp, "server", ...data);
  assertEquals(damaged.code, 7, damaged.stdout);
  assertStringIncludes(damaged.stdout, "FALHA banco");
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = ["-p", String(listener.addr.port), "--json"];
  const taken = await serverDoctor(temp, "server", ...port);
  assertEquals(taken.code, 3, taken.stdout);
  const events = jsonLines(taken.stdout);
  assertEquals(events.filter(({ status }) => status === "fail").map(({ finding }) => finding), [
    "port-taken",
  ]);
});
