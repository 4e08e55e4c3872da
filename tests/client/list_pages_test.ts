import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import type { ListOptions } from "../../lib/client/connect_options.ts";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { within } from "../helpers/deadline.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { SERVER_HELLO } from "../helpers/protocol2_scripted_server.ts";

const HELLO = { ...SERVER_HELLO, features: ["files", "names", "pages"] };

/** A server that answers each LIST as `answer` does, and the LISTs so far. */
class Fixture implements AsyncDisposable {
  readonly asked: Json[] = [];
  readonly #server: ScriptedServer;

  constructor(answer: (peer: Protocol2Peer, query: Json) => Promise<void>) {
    this.#server = new ScriptedServer(async (raw) => {
      const peer = new Protocol2Peer(raw);
      await peer.expect("HELO");
      await peer.send("HELO", HELLO);
      for (let message = await peer.read(); message !== null; message = await peer.read()) {
        if (message.type !== "LIST") continue;
        this.asked.push(message.json);
        await answer(peer, message.json);
      }
    });
  }

  async *list(options: ListOptions = {}) {
    const client = await connect({ hostname: "127.0.0.1", port: this.#server.port, protocol: 2 });
    try {
      yield* client.list("", options);
    } finally {
      client.close();
      await client.closed;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }
}

const entry = (path: string) => ({ path, type: "file", size: 1, mtime: 1 });
const pathsOf = (entries: readonly { readonly path: string }[]) => entries.map(({ path }) => path);

Deno.test("Client.list: takes the pages of an answer in their order, and tells what they leave out", async () => {
  await using fixture = new Fixture(async (peer, { id }) => {
    const omitted = { count: 1, paths: [{ path: "b0", reason: "special" }] };
    await peer.send("PAGE", { id, entries: [entry("a")] });
    await peer.send("PAGE", { id, entries: [entry("b")], omitted });
    await peer.send("DONE", { id, path: "", entries: [entry("c")], write: true, mtime: -5 });
  });
  const told: unknown[] = [];
  const entries = await Array.fromAsync(fixture.list({
    onOmitted: ({ count }) => told.push(count),
    onRights: (mayWrite) => told.push(mayWrite),
    onFolderTime: (modifiedMs) => told.push(modifiedMs),
  }));
  assertEquals(pathsOf(entries), ["a", "b", "c"]);
  assertEquals(told.toSorted(), [-5, 1, true]);
  assertEquals(fixture.asked, [{ id: 1, path: "", names: true, pages: 32 }]);
});

Deno.test("Client.list: asks for further pages while those before are told, but not without end", async () => {
  await using fixture = new Fixture(async (peer, { id, after = "0" }) => {
    const first = Number(after) + 1;
    for (let i = first; i < first + 31; i++) {
      await peer.send("PAGE", { id, entries: [entry(`${i}`)] });
    }
    await peer.send("DONE", { id, path: "", entries: [entry(`${first + 31}`)], more: true });
  });
  let count = 0;
  for await (const { path } of fixture.list()) {
    assertEquals(path, `${++count}`);
    await flushTasks();
    if (count < 16) assertEquals(fixture.asked.length, 1);
    if (count === 200) break; // What is on its way is given up
  }
  assertEquals([fixture.asked[1]?.after, fixture.asked[2]?.after], ["32", "64"]);
});

Deno.test("Client.list: tells the pages before a failure, and then throws it", async () => {
  await using fixture = new Fixture(async (peer, { id }) => {
    await peer.send("PAGE", { id, entries: [entry("a")] });
    await peer.send("FAIL", { id, code: "denied", message: "no" });
  });
  const paths: string[] = [];
  const error = await assertRejects(async () => {
    for await (const { path } of fixture.list()) paths.push(path);
  }, RequestError);
  assertEquals([paths, error.code], [["a"], "denied"]);
});

Deno.test("Client.list: ends a listing whose pages do not go on, or are too many", async () => {
  for (const page of [[entry("a")], []]) {
    await using fixture = new Fixture(async (peer, { id }) => {
      for (let i = 0; i < 5; i++) await peer.send("PAGE", { id, entries: page });
    });
    const error = await assertRejects(
      () => within(Array.fromAsync(fixture.list()), "the end of the listing"),
      ProtocolError,
    );
    assertEquals(error.code, "too-large");
  }
  await using fixture = new Fixture(async (peer, { id }) => {
    for (let i = 0; i < 5; i++) await peer.send("PAGE", { id, entries: [entry(`${i}`)] });
  });
  const list = () => within(Array.fromAsync(fixture.list({ maxEntries: 3 })), "the end");
  assertEquals((await assertRejects(list, ProtocolError)).code, "too-large");
});
