import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ServerProgram } from "../helpers/program.ts";
import { TempDir } from "../helpers/temp_dir.ts";

async function startWith(args: readonly string[]) {
  const folder = new TempDir();
  folder.write("root/a.txt", "hello");
  const server = await ServerProgram.start(
    { root: folder.join("root"), data: folder.join("data") },
    args,
  );
  return {
    server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

Deno.test("tcp-chat-server: prints the address of its page, which opens", async () => {
  await using fixture = await startWith([]);
  const { server } = fixture;
  const url = `http://127.0.0.1:${server.port}/`;
  await server.stdout.waitFor(`in a browser: ${url}`);
  const page = await fetch(url);
  assertStringIncludes(await page.text(), "<!DOCTYPE html>");
  const { name, urls } = await (await fetch(`${url}config.json`)).json();
  assert(name !== "");
  assertEquals(urls, [url]);
  assertEquals(await (await fetch(`${url}files/a.txt`)).text(), "hello");
  await server.stdout.waitFor(/127\.0\.0\.1 got a\.txt: 5 B in \d+\.\d s\n/);
  assertEquals(server.stdout.text.includes("client "), false); // HTTP connections are no clients
  assertEquals(server.stderr.text, "");
});

Deno.test("tcp-chat-server --lang pt-BR: prints the address of its page in Portuguese", async () => {
  await using fixture = await startWith(["--lang", "pt-BR"]);
  await fixture.server.stdout.waitFor(`no navegador: http://127.0.0.1:${fixture.server.port}/`);
});

Deno.test("tcp-chat-server --json: tells the addresses of its page", async () => {
  await using fixture = await startWith(["--json"]);
  const { event, urls } = JSON.parse(fixture.server.stdout.lines[0]!);
  assertEquals([event, urls], ["listening", [`http://127.0.0.1:${fixture.server.port}/`]]);
});

Deno.test("tcp-chat-server --no-web: has no page", async () => {
  await using fixture = await startWith(["--no-web"]);
  const { server } = fixture;
  assertEquals(server.stdout.text.includes("http://"), false);
  const failed = await fetch(`http://127.0.0.1:${server.port}/`).then(() => false, () => true);
  assert(failed);
});

Deno.test("tcp-chat-server --web-host, --advertise: answers to these names, and to no other", async () => {
  const names = ["--web-host", "Chat.example.org", "--advertise", "Chat1.example.org:8443"];
  await using fixture = await startWith(names);
  const { stdout } = fixture.server;
  await stdout.waitFor("client.ts Chat1.example.org:8443\n");
  await stdout.waitFor("in a browser: http://Chat1.example.org:8443/\n");
  const statusOf = async (host: string) => {
    const url = `http://127.0.0.1:${fixture.server.port}/`;
    const { code, stdout } = await new Deno.Command("curl", {
      args: ["-s", "-o", Deno.build.os === "windows" ? "NUL" : "/dev/null"]
        .concat(["-w", "%{http_code}", "-H", `Host: ${host}`, url]),
    }).output();
    assertEquals(code, 0);
    return new TextDecoder().decode(stdout);
  };
  assertEquals(await statusOf("chat.example.org"), "200");
  assertEquals(await statusOf("chat1.example.org:8443"), "200");
  assertEquals(await statusOf("evil.example.org"), "421");
});

Deno.test("tcp-chat-server --tls: leads plain HTTP to https", async () => {
  await using fixture = await startWith(["--tls"]);
  const { port, stdout } = fixture.server;
  await stdout.waitFor(`in a browser: https://127.0.0.1:${port}/`);
  const answer = await fetch(`http://127.0.0.1:${port}/files/a.txt?sha256`, { redirect: "manual" });
  await answer.body?.cancel();
  assertEquals(answer.status, 307);
  assertEquals(answer.headers.get("location"), `https://127.0.0.1:${port}/files/a.txt?sha256`);
  assertEquals(stdout.text.includes("refused"), false);
});
