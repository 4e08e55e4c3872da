import { assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../lib/client/connect.ts";
import type { ListOptions } from "../../lib/client/connect_options.ts";
import type { Omissions } from "../../lib/protocol/answers.ts";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { ScriptedServer } from "../helpers/protocol1_scripted_server.ts";
import { type Json, Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { SERVER_HELLO } from "../helpers/protocol2_scripted_server.ts";

/** Lists a folder of a server that answers each LIST with the page of its number, from 0. */
async function listFrom(page: (number: number, after: unknown) => Json, options: ListOptions = {}) {
  await using server = new ScriptedServer(async (raw) => {
    const peer = new Protocol2Peer(raw);
    await peer.expect("HELO");
    await peer.send("HELO", SERVER_HELLO);
    for (let number = 0;; number++) {
      const { id, after } = await peer.expect("LIST");
      await peer.send("DONE", { id, path: "", ...page(number, after) });
    }
  });
  const client = await connect({ hostname: "127.0.0.1", port: server.port });
  try {
    return await Array.fromAsync(client.list("", options));
  } finally {
    client.close();
    await client.closed;
  }
}

const entry = (path: string) => ({ path, type: "file", size: 1, mtime: 1 });

Deno.test("Client.list: reads at most maxEntries of a listing that goes on", async () => {
  const page = (last: number) => (number: number) => ({
    entries: [entry(`${number}a`), entry(`${number}b`)],
    more: number < last,
  });
  assertEquals((await listFrom(page(2), { maxEntries: 4 })).length, 6);
  const error = await assertRejects(() => listFrom(page(3), { maxEntries: 4 }), ProtocolError);
  assertEquals(error.code, "too-large");
});

Deno.test("Client.list: throws for a page that does not go on, or is empty and not the last", async () => {
  for (const entries of [[entry("a")], []]) {
    const error = await assertRejects(
      () => listFrom(() => ({ entries, more: true })),
      ProtocolError,
    );
    assertEquals(error.code, "too-large");
  }
});

Deno.test("Client.list: ends a listing that goes on with names alone that it refuses", async () => {
  const options = { maxEntries: 4 };
  const refused = (number: number) => ({ entries: [entry(`../${number}`)], more: number < 20 });
  const error = await assertRejects(() => listFrom(refused, options), ProtocolError);
  assertEquals(error.code, "too-large");
});

Deno.test("Client.list: asks for the next page once onOmitted has taken what is left out", async () => {
  const taken: string[] = [];
  let pages = 0;
  const pagesAt: number[] = [];
  const onOmitted = async ({ paths }: Omissions) => {
    await flushTasks();
    pagesAt.push(pages);
    taken.push(...paths.map(({ path }) => path));
  };
  const page = (number: number) => ({
    entries: [entry(`../${number}`)],
    more: (pages = number) < 2,
  });
  await listFrom(page, { onOmitted });
  assertEquals([taken, pagesAt], [["../0", "../1", "../2"], [0, 1, 2]]);
});

Deno.test("Client.list: leaves out what is in a folder that descend refuses, and asks behind it", async () => {
  const folder = (path: string) => ({ ...entry(path), type: "folder" });
  const pages = [
    {
      entries: [folder("a"), entry("a/1"), folder("a/b"), entry("a/b/1"), folder("c")],
      more: true,
    },
    { entries: [entry("c/9"), entry("c.x"), folder("d"), entry("d/1"), entry("d/2")], more: true },
    { entries: [entry("e")], more: false },
  ];
  const afters: unknown[] = [];
  const page = (number: number, after: unknown) => {
    afters.push(after);
    return pages[number] ?? {};
  };
  const listed = await listFrom(page, {
    recursive: true,
    descend: (path) => !["a/b", "c", "d"].includes(path),
  });
  assertEquals(listed.map(({ path }) => path), ["a", "a/1", "a/b", "c", "c.x", "d", "e"]);
  assertEquals(afters, [undefined, "c/\uffff", "d/\uffff"]);
});
