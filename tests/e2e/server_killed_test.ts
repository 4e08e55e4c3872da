import { assert, assertEquals } from "@std/assert";
import { patternedBytes } from "../helpers/bytes.ts";
import { bytesAt } from "../helpers/bytes_at.ts";
import { Program, run, ServerProgram } from "../helpers/program.ts";
import { until } from "../helpers/serves_on.ts";
import { TempDir } from "../helpers/temp_dir.ts";

const PIECE = patternedBytes(1024 * 1024);
const PIECES = 256;

Deno.test({
  name: "get: exits with 3 when the server is killed, and resumes the file when run again",
  ignore: Deno.build.os === "windows", // Windows cannot suspend a program
  async fn() {
    const content = new Uint8Array(PIECES * PIECE.length);
    for (let i = 0; i < PIECES; i++) content.set(PIECE, i * PIECE.length);
    using folder = new TempDir();
    folder.write("root/file.bin", content);
    const folders = { root: folder.join("root"), data: folder.join("data") };
    await using server = await ServerProgram.start(folders);
    const get = (port: number) => ["get", `127.0.0.1:${port}`, "file.bin", "--json"];
    await using client = new Program("client", get(server.port), { cwd: folder.path });
    await until(
      () => bytesAt(folder, "client_downloads/.tcp-chat/file.bin.part") > 0,
      "the part to be written",
    );
    client.kill("SIGSTOP"); // The download must not end before the server
    server.kill("SIGKILL");
    await server.exitCode();
    client.kill("SIGCONT");

    assertEquals(await client.exitCode(), 3);
    const text = "file.bin: Connection lost: the server went away\n";
    assertEquals(client.stderr.text, text);
    const { code, path } = await client.stdout.waitForEvent("error");
    assertEquals([code, path], ["lost", "file.bin"]);
    assertEquals(folder.list("client_downloads"), [
      ".tcp-chat/file.bin.part",
      ".tcp-chat/file.bin.part.version",
    ]);
    const part = Deno.readFileSync(folder.join("client_downloads/.tcp-chat/file.bin.part"));
    assert(part.length > 0 && part.length < content.length);
    assert(part.every((byte, i) => byte === content[i]));

    await using second = await ServerProgram.start(folders);
    const again = await run("client", get(second.port), { cwd: folder.path });
    assertEquals([again.code, again.stderr], [0, ""]);
    const done = JSON.parse(again.stdout.trim().split("\n").at(-2)!);
    assertEquals([done.event, done.resumedFrom], ["done", part.length]);
    assertEquals(folder.list("client_downloads"), ["file.bin"]);
  },
});

Deno.test("listen: exits with 3 when the server is killed", async () => {
  using folder = new TempDir();
  const folders = { root: folder.join("root"), data: folder.join("data") };
  await using server = await ServerProgram.start(folders);
  await using client = new Program("client", ["listen", `127.0.0.1:${server.port}`]);
  await server.stdout.waitFor("client 1 connected");
  server.kill("SIGKILL");
  assertEquals(await client.exitCode(), 3);
  assertEquals(client.stderr.text, "tcp-chat: Connection lost: the server went away\n");
});
