/** Links from the command line: made, used, used up, and taken back. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { webPage } from "../../lib/web/web_page.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { freePort } from "../helpers/free_port.ts";
import { type LinkServer, startLinkServer } from "../helpers/links.ts";
import { jsonLines, Program, type ProgramResult, run } from "../helpers/program.ts";
import { Proxy } from "../helpers/proxy.ts";
import { atByte } from "../helpers/proxy_taps.ts";
import { startServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import { hasTerminal, Terminal } from "../helpers/terminal.ts";

const FILES = { "docs/a.txt": "a", "docs/sub/b.txt": "b", "inbox/old.txt": "old" };
const LARGE_BYTES = 24 * 1024 * 1024;

/** A machine with a user: folders of their own for state, settings and files. */
class Machine implements Disposable {
  readonly folder = new TempDir();

  get env(): Record<string, string> {
    return {
      XDG_STATE_HOME: this.folder.join("state"),
      XDG_CONFIG_HOME: this.folder.join("config"),
    };
  }

  run(args: readonly string[], env: Record<string, string> = {}): Promise<ProgramResult> {
    return run("client", [...args], { cwd: this.folder.path, env: { ...this.env, ...env } });
  }

  /** Makes a link as alice, and returns its address. */
  async share(port: number | string, ...args: string[]): Promise<string> {
    return (await this.shareAs(port, ...args)).address;
  }

  /** The same; returns what is printed as JSON. */
  async shareAs(
    port: number | string,
    ...args: string[]
  ): Promise<{ address: string; page: string | null }> {
    const server = [`127.0.0.1:${port}`, "--user", "alice", "--json"];
    const { code, stdout, stderr } = await this.run(["share", ...server, ...args], {
      TCP_CHAT_PASSWORD: "correct horse",
    });
    assertEquals(code, 0, stderr);
    return JSON.parse(stdout);
  }

  read(path: string): string {
    return Deno.readTextFileSync(this.folder.join(path));
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

const asAlice = { TCP_CHAT_PASSWORD: "correct horse", TCP_CHAT_USER: "alice" };

Deno.test("share: prints the line for the receiver, and tells its creator the rest", async () => {
  await using fixture = await startLinkServer(FILES, { web: webPage() });
  using here = new Machine();
  using there = new Machine();
  const server = `127.0.0.1:${fixture.server.port}`;
  const made = await here.run(
    ["share", server, "docs", "--count", "1", "--note", "for Bob"],
    asAlice,
  );
  assertEquals(made.code, 0, made.stderr);
  const [, line = "", address = "", id] =
    /^ {2}\S.* (get '(tcp-chat:\/\/\S+link=([a-z2-7]{8})\.[\w-]{20})')\n {2}\S+\n$/.exec(
      made.stdout,
    ) ?? [];
  assert(line !== "", made.stdout);
  const [, key] = address.split("link=");
  assertStringIncludes(made.stdout, `'\n  http://${server}/#/get/${key}\n`);
  assertMatch(
    made.stderr,
    /^By this link one receiver can fetch docs until 20\d\d-\d\d-\d\d \d\d:\d\d:\n/,
  );
  for (
    const text of ["may resume and repeat", `unshare ${server} ${id}`, "no TLS", "this machine"]
  ) {
    assertStringIncludes(made.stderr, text);
  }
  const got = await there.run(["get", address]);
  assertEquals(got.code, 0, got.stderr);
  assertEquals([there.read("client_downloads/docs/a.txt")], ["a"]);

  const listed = await here.run(["links", server], asAlice);
  assertMatch(listed.stdout, new RegExp(`^${id}  fetch  used up  docs  alice: for Bob\n$`));
  using late = new Machine();
  const used = await late.run(["get", address, "--json"]);
  assertEquals(used.code, 6);
  assertStringIncludes(used.stderr, "used up");
  assertEquals((await there.run(["get", address])).code, 0); // The same receiver
  const back = await here.run(["unshare", server, id!], asAlice);
  assertEquals([back.code, back.stdout], [0, `The link ${id} is taken back\n`]);
  const after = await there.run(["get", address]);
  assertEquals(after.code, 6);
  assertStringIncludes(after.stderr, "taken back");
  const unknown = await here.run(["unshare", server, "aaaaaaaa"], asAlice);
  assertEquals(unknown.code, 4);
  const password = { TCP_CHAT_PASSWORD: asAlice.TCP_CHAT_PASSWORD };
  const byAddress = await here.run(["share", `tcp-chat://alice@${server}`, "docs"], password);
  const [, typed = ""] = /unshare ('tcp-chat:.*)\n/.exec(byAddress.stderr) ?? [];
  assertMatch(typed, / --user alice$/);
});

Deno.test("share --upload: takes files of others, who see and replace nothing", async () => {
  await using fixture = await startLinkServer(FILES, { web: webPage() });
  const { port } = fixture.server;
  using here = new Machine();
  using there = new Machine();
  const { address, page } = await here.shareAs(port, "inbox", "--upload", "--expires", "2h");
  assertEquals(page, `http://127.0.0.1:${port}/#/send/${address.split("link=")[1]}`);
  there.folder.write("tree/sub/new.txt", "new");
  there.folder.write("old.txt", "another");
  const put = await there.run(["put", address, "tree"]);
  assertEquals([put.code, put.stderr], [0, ""]);
  const { root } = fixture.server;
  assertEquals(Deno.readTextFileSync(root.join("inbox/tree/sub/new.txt")), "new");
  const taken = await there.run(["put", address, "old.txt"]);
  assertEquals(taken.code, 1);
  assertStringIncludes(taken.stderr, "a link replaces none");
  assertEquals((await there.run(["put", address, "old.txt", "--replace"])).code, 6);
  assertEquals(Deno.readTextFileSync(root.join("inbox/old.txt")), "old");
  const get = await there.run(["get", address]);
  assertEquals([get.code, get.stderr.includes("asks for files")], [2, true]);
  const told = await there.run(["put", address, "tree", "--room", "lobby"]);
  assertEquals([told.code, told.stderr.includes("--room needs an account")], [2, true]);
});

Deno.test("get: takes a link from TCP_CHAT_LINK, whole or as ID.SECRET beside the address", async () => {
  await using fixture = await startLinkServer(FILES);
  using there = new Machine();
  const gone = freePort();
  const address = await there.share(`${gone},127.0.0.1:${fixture.server.port}`, "docs");
  assertStringIncludes(address, `//127.0.0.1:${fixture.server.port}/docs?`);
  const whole = await there.run(["get", "-o", "one"], {
    TCP_CHAT_LINK: `deno run client.ts get '${address}'`,
  });
  assertEquals([whole.code, there.read("one/docs/sub/b.txt")], [0, "b"]);
  const [, key = ""] = address.split("link=");
  const server = `127.0.0.1:${fixture.server.port}`;
  const half = await there.run(["get", server, "docs/a.txt", "-o", "two"], { TCP_CHAT_LINK: key });
  assertEquals([half.code, there.read("two/a.txt")], [0, "a"]);
  const broken = await there.run(["get", server], { TCP_CHAT_LINK: key.slice(1) });
  assertEquals([broken.code, broken.stderr.includes("no link of tcp-chat")], [2, true]);
  assert(!broken.stderr.includes(key.slice(9)));
  const wrong = await there.run(["get", server], {
    TCP_CHAT_LINK: `${key.slice(0, 9)}${"A".repeat(20)}`,
  });
  assertEquals([wrong.code, wrong.stderr.includes("mistyped")], [6, true]);
  const listed = await there.run(["ls", address, "-R"]);
  assertEquals([listed.code, listed.stdout], [0, "docs/a.txt\ndocs/sub/\ndocs/sub/b.txt\n"]);
  assertEquals((await there.run(["stat", address.replace("/docs?", "/docs/a.txt?")])).code, 0);
  assertEquals((await there.run(["verify", address, "one/docs"])).code, 0);
  assertEquals((await there.run(["share", address])).code, 6);
  for (const args of [["say", address, "x"], [address], ["put", address, "x", "--user", "bob"]]) {
    assertEquals((await there.run(args)).code, 2, args.join(" "));
  }
});

Deno.test({
  name: "get: asks on a terminal for a link, and does not show it",
  ignore: !hasTerminal(),
  async fn() {
    await using fixture = await startLinkServer(FILES);
    using there = new Machine();
    const address = await there.share(fixture.server.port, "docs/a.txt");
    const options = { env: there.env, cwd: there.folder.path };
    await using terminal = new Terminal("client", ["get"], options);
    await terminal.endsWith("Link:");
    await terminal.type(address, "\r");
    assertEquals(await terminal.exitCode(), 0);
    assertEquals(terminal.written.includes(address.slice(-20)), false);
    assertEquals(there.read("client_downloads/a.txt"), "a");
  },
});

Deno.test("get: goes on with a broken download by a link for one receiver", async () => {
  await using fixture = await startLinkServer({ "big.bin": patternedBytes(LARGE_BYTES) });
  using there = new Machine();
  let program: Program | null = null;
  const kill = () => program?.kill("SIGKILL");
  const cut = atByte({ direction: "down", atByte: LARGE_BYTES / 2 }, kill);
  await using proxy = await Proxy.start(fixture.server.port, [cut]);
  const address = await there.share(proxy.port, "big.bin", "--count", "1");
  {
    const options = { cwd: there.folder.path, env: there.env };
    await using broken = new Program("client", ["get", address], options);
    program = broken;
    assert(await broken.exitCode() !== 0);
  }
  using other = new Machine();
  assertEquals((await other.run(["get", address])).code, 6);
  const resumed = await there.run(["get", address, "--json"]);
  assertEquals(resumed.code, 0, resumed.stderr);
  const done = jsonLines(resumed.stdout);
  assert(done.some(({ resumedFrom }) => resumedFrom > 0), resumed.stdout);
});

Deno.test("share: names the path that is not there", async () => {
  await using fixture = await startLinkServer(FILES);
  using here = new Machine();
  const server = `127.0.0.1:${fixture.server.port}`;
  const { code, stderr } = await here.run(["share", server, "none"], asAlice);
  assertEquals(code, 4);
  assertStringIncludes(stderr, "none: ");
  const json = await here.run(["share", server, "none", "--json"], asAlice);
  assertEquals(jsonLines(json.stdout).map(({ event, path }) => [event, path]), [["error", "none"]]);
});

Deno.test("get, share: say that a server has no links", async () => {
  await using server = await startServer({ files: false });
  using here = new Machine();
  const link = "link=k7f3q2mx.JZ5WQ0tB3mXr7yA1_-0a";
  const got = await here.run(["get", `tcp-chat://127.0.0.1:${server.port}/a?${link}`]);
  assertEquals([got.code, got.stderr.includes("has no links")], [1, true]);
  const shared = await here.run(["share", `127.0.0.1:${server.port}`, "a"]);
  assertEquals([shared.code, shared.stderr.includes("has no links")], [1, true]);
});

Deno.test("tcp-chat-server link: makes, lists and takes back links while the server runs", async () => {
  await using fixture: LinkServer = await startLinkServer(FILES);
  using there = new Machine();
  const { data, server } = fixture;
  const places = ["--data", data.path];
  const link = (...args: string[]) =>
    run("server", ["link", ...args, ...places], { env: there.env });
  const root = ["-r", server.root.path];
  const here = ["-H", "127.0.0.1", "-p", String(server.port)];
  const made = await link("add", "docs/a.txt", ...root, ...here, "--json");
  assertEquals(made.code, 0, made.stderr);
  const { address, link: id, page } = JSON.parse(made.stdout);
  const place = `http://127.0.0.1:${server.port}/#/get/`;
  assertEquals(page, place + new URL(address).searchParams.get("link"));
  assertEquals((await there.run(["get", address])).code, 0);
  assertStringIncludes((await link("list")).stdout, `${id}  fetch  until `);
  assertEquals((await link("remove", id)).code, 0);
  assertEquals((await there.run(["get", address])).code, 6);
  const second = await link("add", "docs/a.txt", ...root, ...here, "--json", "--no-web");
  const { link: other, page: none } = JSON.parse(second.stdout);
  assertEquals(none, null);
  const removed = await link("remove", "aaaaaaaa", other, "--json");
  assertEquals([removed.code, removed.stderr.includes("aaaaaaaa")], [4, true]);
  const [failed, revoked] = jsonLines(removed.stdout);
  assertEquals([failed.event, failed.path], ["error", "aaaaaaaa"]);
  assertEquals(revoked, { event: "link", link: other, ended: "revoked" });
  const missing = await link("add", "docs/none", ...root);
  assertEquals([missing.code, missing.stderr.trim()], [4, "docs/none: File not found"]);
  assertEquals((await link("add", "docs/a.txt", "--upload", ...root)).code, 2);
  for (const args of [[], ["add"], ["list", "x"], ["add", "docs", "--expires", "31d"]]) {
    assertEquals((await link(...args)).code, 2, args.join(" "));
  }
});

Deno.test("tcp-chat-server link add: the command that it prints takes the link of this served folder back", async () => {
  using there = new Machine();
  for (const folder of ["shared", "shared files"]) {
    there.folder.write(`${folder}/a.txt`, "a");
    const options = { cwd: there.folder.path, env: there.env };
    const made = await run("server", ["link", "add", "a.txt", "-r", folder], options);
    assertEquals(made.code, 0, made.stderr);
    const [command = "", page = ""] = made.stdout.split("\n");
    const [, secret] = /link=([\w.-]+)'$/.exec(command) ?? [];
    assert(page.startsWith("  http://") && page.endsWith(`:5555/#/get/${secret}`), made.stdout);
    const [, id = "", place = ""] = /link remove ([a-z2-7]{8})(.*)\n/.exec(made.stderr) ?? [];
    const words = Array.from(place.matchAll(/"([^"]*)"|\S+/g), ([word, quoted]) => quoted ?? word);
    const removed = await run("server", ["link", "remove", id, ...words], options);
    assertEquals([removed.code, removed.stdout], [0, `The link ${id} is taken back\n`]);
  }
});
