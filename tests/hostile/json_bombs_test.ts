import { assert, assertEquals } from "@std/assert";
import { AbusedServer, SETTINGS, STAGES } from "../helpers/abused_server.ts";
import { Protocol2Peer } from "../helpers/protocol2_peer.ts";
import { startServer, type TestServer } from "../helpers/servers.ts";

const CONTROL_BYTES = 65_536;

/** Checks that no frame has changed the prototypes of this process. */
function assertUnpolluted(): void {
  const fresh: Record<string, unknown> = {};
  for (const name of ["polluted", "path", "id", "isAdmitted", "admin", "role"]) {
    assertEquals(fresh[name], undefined, name);
    assertEquals(([] as unknown as typeof fresh)[name], undefined, name);
  }
  assertEquals(Object.keys(Object.prototype), []);
  assertEquals(Object.getPrototypeOf({}), Object.prototype);
}

/** JSON of exactly `bytes` bytes: repeats `middle`, and pads with spaces. */
function filled(head: string, middle: string, tail: string, bytes: number): string {
  const count = Math.floor((bytes - head.length - tail.length) / middle.length);
  return (head + middle.repeat(count) + tail).padEnd(bytes);
}

const DEEP = Math.floor((CONTROL_BYTES - 40) / 2);

/** Valid JSON objects up to the size limit. */
const BOMBS: Record<string, string> = {
  "lists in lists": `{"id":1,"path":"","x":${"[".repeat(DEEP)}${"]".repeat(DEEP)}}`,
  "objects in objects": `{"id":1,"path":"","x":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`,
  "a list of many numbers": filled(`{"id":1,"path":"","x":[1`, ",1", "]}", CONTROL_BYTES),
  "many members": `{"id":1,"path":""${
    Array.from({ length: 5_000 }, (_, i) => `,"${i}":{}`).join("")
  }}`,
  "a repeated member": filled(`{"id":1,"path":""`, `,"x":1`, "}", CONTROL_BYTES),
  "a repeated member with an escaped name": filled(
    `{"id":1,"path":""`,
    `,"\\u0000":1`,
    "}",
    CONTROL_BYTES,
  ),
  "a number of many digits": filled(`{"id":1,"path":"","x":1`, "0", "}", CONTROL_BYTES),
  "a number with a huge exponent": `{"id":1,"path":"","x":1e${"9".repeat(60_000)}}`,
  "a text of escapes": filled(`{"id":1,"path":"","x":"`, "\\u0041", `"}`, CONTROL_BYTES),
  "padding of spaces": `{"id":1,"path":""}`.padEnd(CONTROL_BYTES),
};

for (const [what, payload] of Object.entries(BOMBS)) {
  Deno.test(`JSON bomb: the server answers a request with ${what}`, async () => {
    assert(payload.length <= CONTROL_BYTES, `${payload.length}`);
    await using server = await startServer({}, { "a.txt": "a" });
    using peer = await Protocol2Peer.connect(server.port);
    await peer.raw.sendFrame("LIST", payload);
    assertEquals((await peer.done(1)).path, "");
    // The same payload in frames of other types
    for (const type of ["PONG", "FCAN"]) await peer.raw.sendFrame(type, payload);
    await peer.raw.sendFrame("XXXX", payload);
    assertEquals(await peer.fail(1), "unsupported");
    await peer.assertLives();
    assertUnpolluted();
  });
}

for (const where of Object.keys(SETTINGS)) {
  Deno.test(`JSON bomb: the server survives every bomb at every stage, ${where}`, async () => {
    await using abused = await AbusedServer.start(SETTINGS[where]!);
    for (const connect of Object.values(STAGES)) {
      for (const type of ["HELO", "AUTH", "LIST", "SEND"]) {
        for (const payload of [...Object.values(BOMBS), "[".repeat(CONTROL_BYTES)]) {
          using peer = await connect(abused);
          await peer.raw.sendFrame(type, payload);
          await peer.raw.sendFrame("QUIT");
          // The server may answer, refuse or close
          await peer.raw.ended();
        }
      }
    }
    await abused.assertServesOn();
    await abused.assertNothingLeft();
    assertUnpolluted();
  });
}

const UNFINISHED = ["[", '{"a":', `{"id":1,"path":"`, "1", '"', "[[],"];

for (const piece of UNFINISHED) {
  Deno.test(`JSON bomb: the server answers a payload of repeated ${piece} with bad-request`, async () => {
    await using server = await startServer();
    for (const bytes of [CONTROL_BYTES - 1, CONTROL_BYTES]) {
      using peer = await Protocol2Peer.connect(server.port);
      const payload = piece.repeat(bytes / piece.length).padEnd(bytes, "x").slice(0, bytes);
      await peer.raw.sendFrame("LIST", payload);
      const message = await peer.read();
      assertEquals([message?.type, message?.json.code, message?.json.id], [
        "FAIL",
        "bad-request",
        null,
      ]);
      await assertEnded(peer, payload);
    }
  });
}

/** Checks that the server has closed, except after a number, which is valid JSON. */
async function assertEnded(peer: Protocol2Peer, payload: string): Promise<void> {
  if (/^1+$/.test(payload)) return await peer.assertLives();
  assertEquals(await peer.readToEnd(), []);
}

/** Names that objects inherit, or that give access to a shared prototype. */
const INHERITED = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];

Deno.test("JSON bomb: the server ignores members with inherited names", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "a" });
  using peer = await Protocol2Peer.connect(server.port);
  for (const name of INHERITED) {
    for (const value of [`{"polluted":1,"path":"a.txt"}`, "null", "[]", `"x"`]) {
      const member = `"${name}":${value}`;
      await peer.raw.sendFrame("STAT", `{"id":1,"path":"a.txt",${member}}`);
      assertEquals((await peer.done(1)).path, "a.txt", member);
      await peer.raw.sendFrame("STAT", `{${member},"id":1,"path":"a.txt"}`);
      assertEquals((await peer.done(1)).path, "a.txt", member);
    }
    // A member of the prototype does not replace a missing member
    await peer.raw.sendFrame("STAT", `{"id":1,"${name}":{"path":"a.txt"}}`);
    assertEquals(await peer.fail(1), "bad-request", name);
    await peer.raw.sendFrame("STAT", `{"path":"a.txt","${name}":{"id":1}}`);
    assertEquals(await peer.fail(null), "bad-request", name);
    assertUnpolluted();
  }
  assertEquals(server.root.list(), ["a.txt"]);
});

Deno.test("JSON bomb: the server treats inherited names as ordinary paths, rooms, nicks and types", async () => {
  await using server = await startServer({ uploads: true });
  using peer = await Protocol2Peer.connect(server.port);
  for (const name of INHERITED) {
    assertEquals(await peer.refusal("STAT", { path: name }), "not-found");
    assertEquals(await peer.refusal("SEND", { to: name, text: "x" }), "not-found");
    const room = name.toLowerCase();
    assertEquals(await peer.refusal("SEND", { room, text: "x" }), "denied");
    assertEquals(await peer.refusal(name.slice(0, 4), {}), "unsupported");
    await assertSoleMember(peer, room);
    await peer.request("NICK", { nick: name });
    await peer.put(`${name}.txt`, "x");
  }
  assertUnpolluted();
  assertStored(server);
});

async function assertSoleMember(peer: Protocol2Peer, room: string): Promise<void> {
  assertEquals((await peer.request("JOIN", { room })).room, room);
  const { members } = await peer.request("WHOS", { room });
  assertEquals((members as unknown[]).length, 1);
  await peer.request("PART", { room });
}

function assertStored(server: TestServer): void {
  const files = server.root.list().filter((name) => name !== ".tcp-chat");
  assertEquals(files, INHERITED.map((name) => `${name}.txt`).sort());
}

Deno.test("JSON bomb: the server takes the last of two members with the same name", async () => {
  await using server = await startServer({ uploads: true }, { "a.txt": "a", "b.txt": "b" });
  using peer = await Protocol2Peer.connect(server.port);
  await peer.raw.sendFrame("STAT", `{"id":1,"id":2,"path":"no.txt","path":"a.txt"}`);
  assertEquals((await peer.done(2)).path, "a.txt");
  await peer.raw.sendFrame("STAT", `{"id":1,"path":"a.txt","path":"../b.txt"}`);
  assertEquals(await peer.fail(1), "bad-path");
  await peer.raw.sendFrame("FPUT", `{"id":3,"path":"ok.txt","path":"../no.txt","size":1}`);
  assertEquals(await peer.fail(3), "bad-path");
  await peer.send("FCAN", { id: 3 });
  await peer.raw.sendFrame("STAT", `{"id":4,"id":"x","path":"a.txt"}`);
  assertEquals(await peer.fail(null), "bad-request");
  // Also if the second name is escaped
  await peer.raw.sendFrame("STAT", `{"id":5,"path":"a.txt","p\\u0061th":"b.txt"}`);
  assertEquals((await peer.done(5)).path, "b.txt");
  assertEquals(server.root.list(), ["a.txt", "b.txt"]);
});
