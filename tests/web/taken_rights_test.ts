/** What was begun over HTTP ends when the right to it is taken. */
import { assert, assertEquals } from "@std/assert";
import { ScramPassword } from "../../lib/accounts/scram_password.ts";
import { logIn } from "../helpers/abused_server.ts";
import { TestAccounts } from "../helpers/accounts.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { RawPeer } from "../helpers/raw_peer.ts";
import { until } from "../helpers/serves_on.ts";
import type { TestServer } from "../helpers/servers.ts";
import { TempDir } from "../helpers/temp_dir.ts";
import {
  readAnswer,
  readAnswerHead,
  request,
  requestText,
  startWebServer,
} from "../helpers/web.ts";

const USER = "alice";
const PASSWORD = "correct horse";
const HUGE_BYTES = 16 * 1024 * 1024 * 1024;
/** Each entry of a listing has a path of some kilobytes: together they are more than sockets hold. */
const FOLDER = Array<string>(15).fill("f".repeat(250)).join("/");
const ENTRIES = 6_000;

interface Fixture extends AsyncDisposable {
  readonly server: TestServer;
  readonly data: TempDir;
  /** A ticket of the account for a path. */
  ticket(path: string): Promise<unknown>;
}

async function setUp(): Promise<Fixture> {
  const stack = new AsyncDisposableStack();
  const data = stack.use(new TempDir());
  {
    using accounts = new TestAccounts(data.join("tcp-chat.db"));
    await accounts.store.add(USER, PASSWORD, "member");
  }
  data.write("rules", "** none *\n** read alice\n");
  const server = stack.use(await startWebServer({ dataDirectory: data.path }));
  const peer = stack.use(await Protocol2Peer.connect(server.port));
  await logIn(peer, USER, new ScramPassword(PASSWORD));
  return {
    server,
    data,
    ticket: async (path) => (await peer.request("TCKT", { path })).ticket,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const HASHED: Readonly<Record<string, (ticket: unknown) => string>> = {
  "?sha256": (ticket) => requestText(`GET /files/huge.bin?sha256&ticket=${ticket}`),
  "Want-Repr-Digest": (ticket) =>
    requestText(`HEAD /files/huge.bin?ticket=${ticket}`, { "Want-Repr-Digest": "sha-256=10" }),
};

const LOSSES: Readonly<Record<string, (fixture: Fixture) => Promise<void> | void>> = {
  "the rules close the file": async ({ data, server }) => {
    data.write("rules", "** none *\n");
    await server.server.reload();
  },
  "the account is banned": ({ server }) => void server.server.ban(USER, "banned"),
};

for (const [what, headOf] of Object.entries(HASHED)) {
  for (const [loss, lose] of Object.entries(LOSSES)) {
    Deno.test(`${what}: tells no hash, and computes it no longer, when ${loss}`, async () => {
      await using fixture = await setUp();
      const { server } = fixture;
      const jobs = () => server.server.gauges(0).jobs;
      await until(() => !server.server.gauges(0).isIndexing, "the index to be made");
      server.root.write("huge.bin", "");
      Deno.truncateSync(server.root.join("huge.bin"), HUGE_BYTES);
      server.root.write("small.txt", "small");
      // What was just written is looked up again
      for (const name of ["huge.bin", "small.txt"]) Deno.utimeSync(server.root.join(name), 1, 1);
      const head = headOf(await fixture.ticket("huge.bin"));
      using peer = await RawPeer.connect(server.port);
      await peer.send(head);
      const small = `/files/small.txt?sha256&ticket=${await fixture.ticket("small.txt")}`;
      // By now the other path is looked up, too
      assertEquals((await request(server.port, `GET ${small}`)).status, 200);
      await until(() => jobs() === 1, "the hash to be computed");
      await lose(fixture);
      const { status, headers } = await readAnswer(peer, !head.startsWith("HEAD"));
      assertEquals([status, headers.get("repr-digest")], [403, undefined]);
      await until(() => jobs() === 0, "the hash to be given up");
    });
  }
}

Deno.test("?json: gives no further page when the account of its ticket is banned", async () => {
  await using fixture = await setUp();
  const { server } = fixture;
  for (let i = 0; i < ENTRIES; i++) server.root.write(`${FOLDER}/${i}`, "");
  using peer = await RawPeer.connect(server.port);
  const ticket = await fixture.ticket(FOLDER);
  await peer.send(requestText(`GET /files/${FOLDER}?json&ticket=${ticket}`));
  assertEquals((await readAnswerHead(peer)).status, 200);
  await server.server.ban(USER, "banned");
  const sent = ENTRIES * FOLDER.length;
  const { length } = await peer.readBytes(2 * sent);
  assert(length < sent, `${length} bytes came`);
});
