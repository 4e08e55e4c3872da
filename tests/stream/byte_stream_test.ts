import { assert, assertEquals, assertRejects } from "@std/assert";
import { byteStream } from "../../lib/stream/frames/byte_stream.ts";
import { ByteSource } from "../helpers/byte_source.ts";
import { flushTasks } from "../helpers/fake_clock.ts";
import { connectedPair } from "../helpers/raw_peer.ts";
import { ascii } from "../helpers/step_sink.ts";

Deno.test("byteStream: reads into the given buffer, never ahead of the caller", async () => {
  const source = ByteSource.of([ascii("abcdef")]);
  const reader = byteStream(source).getReader({ mode: "byob" });
  assertEquals(source.asked, []);
  const { value } = await reader.read(new Uint8Array(4));
  assertEquals([...value!], [...ascii("abcd")]);
  assertEquals(source.asked, [4]);
  assertEquals([...(await reader.read(new Uint8Array(9))).value!], [...ascii("ef")]);
  assert((await reader.read(new Uint8Array(1))).done);
});

Deno.test("byteStream: leaves the connection writable after the peer has stopped sending", async () => {
  const [ours, theirs] = await connectedPair();
  using _ours = ours;
  using peer = theirs;
  const reader = byteStream(ours).getReader({ mode: "byob" });
  await peer.write(ascii("ask"));
  await peer.closeWrite();
  assertEquals((await reader.read(new Uint8Array(10))).value!.length, 3);
  assert((await reader.read(new Uint8Array(10))).done);
  await ours.write(ascii("answer"));
  const answer = new Uint8Array(10);
  assertEquals(await peer.read(answer), 6);
});

Deno.test("byteStream: refuses reads without a buffer", async () => {
  const reader = byteStream(ByteSource.of([ascii("a")])).getReader();
  await assertRejects(() => reader.read(), TypeError, "BYOB");
});

Deno.test("byteStream: ends a pending read when the connection closes", async () => {
  const [ours, theirs] = await connectedPair();
  using _theirs = theirs;
  const reader = byteStream(ours).getReader({ mode: "byob" });
  const reading = reader.read(new Uint8Array(10));
  await flushTasks(); // Now the read has reached the system
  ours.close();
  await assertRejects(() => reading, Deno.errors.Interrupted);
});
