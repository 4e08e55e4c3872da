/** Services that answer where a server was expected. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";

/** A service that greets each connection, and answers a line as often as it gets one. */
class Service implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #serving: Promise<void>;

  constructor(readonly greeting: string, readonly answer: string) {
    this.#serving = this.#serve();
  }

  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  async #serve(): Promise<void> {
    for await (const conn of this.#listener) await this.#talk(conn).catch(() => {});
  }

  async #talk(connection: Deno.TcpConn): Promise<void> {
    using conn = connection;
    const write = (text: string) => conn.write(new TextEncoder().encode(text));
    if (this.greeting !== "") await write(this.greeting);
    const buffer = new Uint8Array(4_096);
    for (;;) {
      const count = await conn.read(buffer);
      if (count === null) return;
      const hasLine = new TextDecoder().decode(buffer.subarray(0, count)).includes("\n");
      if (hasLine && this.answer !== "") await write(this.answer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving.catch(() => {});
  }
}

const SERVICES: Array<
  [name: string, greeting: string, answer: string, service: string, en: string, pt: string]
> = [
  ["SSH", "SSH-2.0-OpenSSH_9.9\r\n", "", "ssh", "SSH", "SSH"],
  ["HTTP", "", "HTTP/1.1 400 Bad Request\r\n\r\n", "http", "a web server", "um servidor web"],
  [
    "SMTP",
    "220 mx.example ESMTP\r\n",
    "500 what?\r\n",
    "mail",
    "a mail server",
    "um servidor de e-mail",
  ],
  ["POP3", "+OK\r\n", "", "mail", "a mail server", "um servidor de e-mail"],
  ["IMAP", "* OK IMAP4rev1 ready\r\n", "", "mail", "a mail server", "um servidor de e-mail"],
  ["FTP", "220 (vsFTPd 3.0.5)\r\n", "", "ftp", "an FTP server", "um servidor FTP"],
  ["VNC", "RFB 003.008\n", "", "vnc", "VNC", "VNC"],
  [
    "Redis",
    "",
    "-ERR unknown command\r\n",
    "unknown",
    "an unknown service",
    "um serviço desconhecido",
  ],
];

for (const [name, greeting, answer, service, en, pt] of SERVICES) {
  Deno.test(`tcp-chat: names ${name} on a wrong port in both languages, and exits with 3`, async () => {
    using folder = new TempDir();
    await using peer = new Service(greeting, answer);
    const { address } = peer;
    const english = await run("client", ["ls", address, "--json"], { cwd: folder.path });
    assertEquals(english.code, 3, english.stderr);
    assertStringIncludes(english.stderr, `Something else answers on ${address}: ${en}`);
    const { code, message, service: named } = JSON.parse(english.stdout);
    assertEquals([code, named], ["other-service", service]);
    assertStringIncludes(message, en);
    const got = await run("client", ["get", address, "a.txt", "--json"], { cwd: folder.path });
    assertEquals(JSON.parse(got.stdout.split("\n")[0]!).service, service);
    const args = ["get", address, "a.txt", "--protocol", "2", "--lang", "pt-BR"];
    const portuguese = await run("client", args, { cwd: folder.path });
    assertEquals(portuguese.code, 3, portuguese.stderr);
    assertStringIncludes(portuguese.stderr, `Outra coisa responde em ${address}: ${pt}`);
    assertStringIncludes(portuguese.stderr, "A porta está certa?");
  });
}

Deno.test("tcp-chat --tls: names SSH and HTTP on a wrong port, and a server that speaks no TLS", async () => {
  using folder = new TempDir();
  await using service = new Service("SSH-2.0-OpenSSH_9.9\r\n", "");
  for (const trust of ["--tls", "--trust"]) {
    const ssh = await run("client", ["ls", service.address, trust], { cwd: folder.path });
    assertEquals(ssh.code, 3, ssh.stderr);
    assertStringIncludes(ssh.stderr, `Something else answers on ${service.address}: SSH`);
  }
  await using web = new Service("", "HTTP/1.1 400 Bad Request\r\n\r\n");
  const http = await run("client", ["ls", web.address, "--tls"], { cwd: folder.path });
  assertEquals(http.code, 3, http.stderr);
  assertStringIncludes(http.stderr, `Something else answers on ${web.address}: a web server`);

  const pinned = ["ls", service.address, "--fingerprint", "0".repeat(64)];
  const ssh = await run("client", pinned, { cwd: folder.path });
  assertEquals(ssh.code, 3, ssh.stderr);
  assertStringIncludes(ssh.stderr, "SSH");

  await using server = await startServer();
  const args = ["ls", `127.0.0.1:${server.port}`, "--tls"];
  const plain = await run("client", args, { cwd: folder.path });
  assertEquals(plain.code, 3, plain.stderr);
  assertStringIncludes(plain.stderr, "the server does not speak TLS");
});

Deno.test("tcp-chat: says of a service that takes connections and answers nothing, when its time is over", async () => {
  using folder = new TempDir();
  await using service = new Service("", "");
  const { address } = service;
  for (const args of [["ls", address, "--protocol", "2"], ["get", address, "a.txt"]]) {
    const silent = await run("client", [...args, "--timeout", "1", "--json"], { cwd: folder.path });
    assertEquals(silent.code, 3, silent.stderr);
    const expected = `${address} takes connections, but answers nothing`;
    assertStringIncludes(silent.stderr, expected);
    assertStringIncludes(silent.stderr, "Is it a tcp-chat server?");
    const { code, message } = JSON.parse(silent.stdout.split("\n")[0]!);
    assertEquals([code, message], ["timeout", expected]);
  }
  const listed = await run("client", ["ls", address, "--timeout", "1"], { cwd: folder.path });
  assertEquals(listed.code, 1, listed.stderr);
  assertStringIncludes(listed.stderr, "it is an original server, or no tcp-chat server");
});
