import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type AddressOptions,
  type Client,
  connect,
  ConnectionError,
  formatTarget,
  parseTarget,
  RequestError,
  serve,
  TargetError,
} from "../../mod.ts";
import { LibraryFixture } from "../helpers/library_fixture.ts";
import { TempDir } from "../helpers/temp_dir.ts";

async function connectAndLeave(address: string, options?: AddressOptions): Promise<Client> {
  await using client = await connect(address, options);
  return client;
}

Deno.test("connect: takes an address with a port, and joins its room", async () => {
  await using fixture = await LibraryFixture.start();
  const { port } = fixture.server;
  await connectAndLeave(`127.0.0.1:${port}`);
  await using client = await connect(`tcp-chat://127.0.0.1:${port}?room=design`, {
    connections: 1,
  });
  const [nick] = (await client.chat.members("design")).map(({ nick }) => nick);
  assertEquals(nick, client.chat.nick);
});

Deno.test("connect: takes options beside an address, callbacks included", async () => {
  await using fixture = await LibraryFixture.start();
  const heard = Promise.withResolvers<string>();
  const onChat = (text: string) => heard.resolve(text);
  await using _ = await connect(`tcp-chat://127.0.0.1:${fixture.server.port}`, { onChat });
  await fixture.client.chat.say("hello");
  assert((await heard.promise).endsWith(": hello"));
});

Deno.test("connect: refuses a connector that would take the place of the TLS of an address", async () => {
  let isUsed = false;
  const connector = {
    connect() {
      isUsed = true;
      return Promise.reject(new Error("not to be called"));
    },
  };
  for (const query of ["tls", `fp=${"a".repeat(64)}`]) {
    const connecting = () => connect(`tcp-chat://127.0.0.1:1?${query}`, { connector });
    await assertRejects(connecting, TypeError, "tls has no effect on a connector");
  }
  assertEquals(isUsed, false);
});

Deno.test("connect: pins the key of an address, and refuses another one", async () => {
  using root = new TempDir();
  using data = new TempDir();
  const told = Promise.withResolvers<string>();
  await using server = await serve({
    hostname: "127.0.0.1",
    port: 0,
    root: root.path,
    dataDirectory: data.path,
    tls: "own",
    onEvent: (event) => event.event === "listening" && told.resolve(event.fingerprint ?? ""),
  });
  const { port } = server;
  const fingerprint = await told.promise;
  const address = formatTarget({ hostname: "127.0.0.1", port, fingerprint });
  assertEquals(parseTarget(address).fingerprint, fingerprint);
  await connectAndLeave(address);
  await connectAndLeave(address, { tls: { fingerprint } });
  const wrong = formatTarget({ hostname: "127.0.0.1", port, fingerprint: "0".repeat(64) });
  const error = await assertRejects(() => connect(wrong), ConnectionError);
  assertEquals(error.code, "certificate-changed");
  // `tls` alone trusts what the system does, which does not know this one
  await assertRejects(() => connect(`tcp-chat://127.0.0.1:${port}?tls`), ConnectionError);
});

Deno.test("connect: logs the user of an address in, with the password beside it", async () => {
  await using fixture = await LibraryFixture.start();
  const address = `tcp-chat://ana@127.0.0.1:${fixture.server.port}`;
  const logins: AddressOptions[] = [
    { password: "wrong" },
    { login: { user: "ana", password: "wrong" } },
  ];
  for (const options of logins) {
    const error = await assertRejects(() => connect(address, options), RequestError);
    assertEquals(error.code, "auth-failed");
  }
});

Deno.test("connect: closes the connection when the room of an address cannot be joined", async () => {
  await using fixture = await LibraryFixture.start();
  const address = `tcp-chat://127.0.0.1:${fixture.server.port}?room=design`;
  await assertRejects(() => connect(address, { protocol: 1 }), RequestError);
});

const LINK = "k7f3q2mx.JZ5WQ0tB3mXr7yA1_-0a";

Deno.test("connect: says what is wrong with an address or beside it", async () => {
  const other = "1".repeat(64);
  const pinned = `tcp-chat://h?fp=${"0".repeat(64)}`;
  const login = { user: "bia", password: "x" };
  const wrong: [string, AddressOptions, typeof TypeError | typeof TargetError, string][] = [
    ["", {}, TypeError, 'the address must be a text, is ""'],
    ["tcp-chat://", {}, TargetError, "neither HOST, HOST:PORT nor"],
    ["tcp-chat://ana:secret@h", {}, TargetError, "an address has no password"],
    ["tcp-chat://h/docs", {}, TypeError, "the address has a path, docs"],
    ["tcp-chat://ana@h", {}, TypeError, "the password of ana must be a text"],
    ["tcp-chat://ana@h", { login }, TypeError, "ana and bia contradict each other"],
    ["tcp-chat://ana@h", { login, password: "x" }, TypeError, "login and password contradict"],
    ["tcp-chat://h", { password: "x" }, TypeError, "the address names no user"],
    [`tcp-chat://h?link=${LINK}`, { login }, TypeError, "bia and the link contradict"],
    [`tcp-chat://h?link=${LINK}`, { password: "x" }, TypeError, "password and the link contradict"],
    [pinned, { tls: { fingerprint: other } }, TypeError, `${other} contradict each other`],
    ["h", { connections: 0 }, RangeError as typeof TypeError, "connections must be from 1"],
  ];
  for (const [address, options, type, text] of wrong) {
    await assertRejects(() => connect(address, options), type, text);
  }
});
