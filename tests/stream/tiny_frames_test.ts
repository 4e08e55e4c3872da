/** Floods of frames that are ready at once leave turns of the event loop to others. */
import { assert } from "@std/assert";
import { pause } from "../../lib/async/pause.ts";
import { byteStream } from "../../lib/stream/frames/byte_stream.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { WsSocket } from "../../lib/web/ws_socket.ts";
import { rawFrame } from "../helpers/raw_peer.ts";
import { maskedFrame } from "../helpers/web.ts";

/** A flood of frames, which ends so that a reader without a brake does, too. */
class Flood {
  reads = 0;
  readonly remoteAddr: Deno.NetAddr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  readonly #frame: Uint8Array;

  constructor(frame: Uint8Array) {
    this.#frame = frame;
  }

  read(into: Uint8Array): Promise<number | null> {
    this.reads++;
    const count = Math.floor(into.length / this.#frame.length);
    for (let i = 0; i < count; i++) into.set(this.#frame, i * this.#frame.length);
    return Promise.resolve(this.reads > 10_000 ? null : count * this.#frame.length);
  }

  write(bytes: Uint8Array): Promise<number> {
    return Promise.resolve(bytes.length);
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}
}

/** Checks that a read which finds nothing in the flood lets a timer fire early. */
async function assertLeavesTurns(flood: Flood, read: () => Promise<unknown>): Promise<void> {
  const reading = read();
  await pause(0);
  assert(flood.reads < 100, `${flood.reads} reads in one turn`);
  flood.reads = 10_000; // Ends it
  await reading;
}

Deno.test("FrameReader: leaves turns to others in a flood of data frames without bytes", async () => {
  const flood = new Flood(rawFrame("FDAT"));
  const reader = new FrameReader(byteStream(flood));
  await assertLeavesTurns(flood, () => reader.read());
});

for (const [what, opcode] of [["pings", 9], ["messages without bytes", 2]] as const) {
  Deno.test(`WsSocket.read: leaves turns to others in a flood of ${what}`, async () => {
    const flood = new Flood(maskedFrame(opcode, new Uint8Array()));
    const socket = new WsSocket(flood, new Uint8Array());
    await assertLeavesTurns(flood, () => socket.read(new Uint8Array(65_536)));
  });
}
