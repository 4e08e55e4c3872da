import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { TlsConnSocket } from "../../lib/stream/tls/conn_socket.ts";
import { patternedBytes } from "../helpers/bytes.ts";
import { within } from "../helpers/deadline.ts";
import { ascii } from "../helpers/step_sink.ts";
import { readAllBytes, TlsFixture, writeAll } from "../helpers/tls.ts";

const RECORD = 16 * 1_024;
const LARGE = 256 * 1_024;

type Step = Uint8Array | null | Error | Promise<Uint8Array>;

/** A connection whose reads perform the given steps in turn, and then never end. */
function scripted(...steps: Step[]): { conn: Deno.TlsConn; asked: number[] } {
  const asked: number[] = [];
  const read = async (into: Uint8Array) => {
    asked.push(into.length);
    const step = await (steps.length > 0 ? steps.shift() : new Promise<never>(() => {}));
    if (step instanceof Error) throw step;
    if (step === null || step === undefined) return null;
    into.set(step);
    return step.length;
  };
  return { conn: { read } as Partial<Deno.TlsConn> as Deno.TlsConn, asked };
}

function record(fill: number, length = RECORD): Uint8Array {
  return new Uint8Array(length).fill(fill);
}

Deno.test("TlsConnSocket: gathers available records in a large read, as far as they fit", async () => {
  const { conn, asked } = scripted(record(1), record(2, 100), record(3), record(4));
  const socket = new TlsConnSocket(conn);
  const into = new Uint8Array(3 * RECORD);
  assertEquals(await socket.read(into), 2 * RECORD + 100);
  assertEquals([into[0], into[RECORD], into[RECORD + 100], into[2 * RECORD + 100]], [1, 2, 3, 0]);
  assertEquals(asked, [3 * RECORD, RECORD, RECORD]);
  assertEquals(await socket.read(into), RECORD);
  assertEquals(into[0], 4);
});

Deno.test("TlsConnSocket: reads straight into a small buffer", async () => {
  const { conn, asked } = scripted(record(1, 5), record(2, 7));
  const socket = new TlsConnSocket(conn);
  assertEquals(await socket.read(new Uint8Array(1_024)), 5);
  assertEquals(await socket.read(new Uint8Array(1_024)), 7);
  assertEquals(asked, [1_024, 1_024]);
});

Deno.test("TlsConnSocket: returns bytes read ahead at the next reads, however small", async () => {
  const late = Promise.withResolvers<Uint8Array>();
  const { conn } = scripted(record(1), late.promise, record(3, 10));
  const socket = new TlsConnSocket(conn);
  assertEquals(await socket.read(new Uint8Array(LARGE)), RECORD); // It does not wait for the rest
  const reading = socket.read(new Uint8Array(10));
  late.resolve(record(2));
  assertEquals(await reading, 10);
  let rest = 0;
  while (rest < RECORD - 10) rest += (await socket.read(new Uint8Array(1_000)))!;
  assertEquals(rest, RECORD - 10);
  const into = new Uint8Array(10);
  assertEquals(await socket.read(into), 10);
  assertEquals(into[0], 3);
});

Deno.test("TlsConnSocket: returns an end behind gathered records at every later read", async () => {
  const socket = new TlsConnSocket(scripted(record(1), null).conn);
  assertEquals(await socket.read(new Uint8Array(LARGE)), RECORD);
  assertEquals(await socket.read(new Uint8Array(LARGE)), null);
  assertEquals(await socket.read(new Uint8Array(LARGE)), null);
});

Deno.test("TlsConnSocket: throws an error behind gathered records at every later read", async () => {
  const error = new Error("broken");
  const socket = new TlsConnSocket(scripted(record(1), error).conn);
  assertEquals(await socket.read(new Uint8Array(LARGE)), RECORD);
  assertStrictEquals(await assertRejects(() => socket.read(new Uint8Array(LARGE))), error);
  assertStrictEquals(await assertRejects(() => socket.read(new Uint8Array(10))), error);
});

Deno.test("TlsConnSocket: returns null for a peer that leaves without close_notify", async () => {
  const truncation = () => new Deno.errors.UnexpectedEof("peer closed connection without …");
  const small = new TlsConnSocket(scripted(truncation()).conn);
  assertEquals(await small.read(new Uint8Array(10)), null);
  const large = new TlsConnSocket(scripted(record(1), truncation()).conn);
  assertEquals(await large.read(new Uint8Array(LARGE)), RECORD);
  assertEquals(await large.read(new Uint8Array(LARGE)), null);
});

Deno.test("TlsConnSocket: carries bytes both ways at the same time, whole and in order", async () => {
  await using fixture = await TlsFixture.open();
  const { server, client } = await fixture.pair();
  const socket = new TlsConnSocket(client);
  const down = patternedBytes(5_000_001, 1);
  const up = patternedBytes(2_000_001, 2);
  const [received, arrived] = await Promise.all([
    readAllBytes(socket),
    readAllBytes(server),
    writeAll(server, down).then(() => server.closeWrite()),
    writeAll(socket, up).then(() => socket.closeWrite()),
  ]);
  assertEquals(received, down);
  assertEquals(arrived, up);
  socket.close();
});

Deno.test("TlsConnSocket: close ends a pending read and a read ahead", async () => {
  await using fixture = await TlsFixture.open();
  const { server, client } = await fixture.pair();
  const socket = new TlsConnSocket(client);
  await server.write(ascii("abc"));
  assertEquals(await socket.read(new Uint8Array(LARGE)), 3); // A read ahead is under way
  const reading = socket.read(new Uint8Array(LARGE));
  socket.close();
  const error = await assertRejects(() => within(reading, "the read to end"));
  assert(error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.BadResource);
});
