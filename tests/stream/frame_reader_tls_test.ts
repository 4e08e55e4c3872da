import { assertEquals, assertRejects } from "@std/assert";
import { ProtocolError } from "../../lib/protocol/errors.ts";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { ByteSource } from "../helpers/byte_source.ts";
import { framesOf } from "../helpers/frames.ts";

const ALERT = new Uint8Array([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x32]);
const HELLO = new Uint8Array([0x16, 0x03, 0x01, 0x00, 0xc8, 0x01, 0, 0, 0xc4, 0x03, 0x03, 1, 2]);

/** Whether the reader sees TLS in the bytes, however they are split. */
async function seesTls(bytes: Uint8Array): Promise<boolean> {
  const answers = new Set<boolean>();
  for (let at = 0; at < bytes.length; at++) {
    const reader = new FrameReader(
      ByteSource.of([bytes.subarray(0, at), bytes.subarray(at)]).stream,
    );
    const reading = async () => {
      while (await reader.read() !== null);
    };
    await assertRejects(reading, ProtocolError);
    answers.add(reader.sawTls);
  }
  assertEquals(answers.size, 1);
  return [...answers][0]!;
}

Deno.test("FrameReader.sawTls: distinguishes a TLS peer from one that breaks off", async () => {
  assertEquals(await seesTls(ALERT), true);
  assertEquals(await seesTls(HELLO), true);
  assertEquals(await seesTls(concatBytes([framesOf(["CHAT", "hi"]), ALERT])), true);
  assertEquals(await seesTls(ALERT.subarray(0, 2)), false);
  assertEquals(await seesTls(framesOf(["CHAT", "hi"]).subarray(0, 9)), false);
  assertEquals(await seesTls(new Uint8Array(20).fill(0x15)), false);
  assertEquals(await seesTls(new Uint8Array(20).fill(0x03)), false);
});

Deno.test("FrameReader.sawTls: is false for valid frames", async () => {
  const reader = new FrameReader(ByteSource.of([framesOf(["CHAT", "\x16\x03\x01"])]).stream);
  while (await reader.read() !== null);
  assertEquals(reader.sawTls, false);
});
