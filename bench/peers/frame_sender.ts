/**
 * A sender that costs next to nothing: it answers FGET of any path with the same frame again and
 * again, which is ready in memory.
 *
 * @module
 */
import { createHash } from "node:crypto";
import {
  DATA_TYPE_CODE,
  encodeJsonFrame,
  HEADER_BYTES,
  writeHeader,
} from "../../lib/protocol/frames.ts";
import { decodeObject } from "../../lib/protocol/json.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { byteStream } from "../../lib/stream/frames/byte_stream.ts";
import { FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { writeAll } from "../../lib/stream/socket.ts";
import { options, orders, report } from "./messages.ts";

/** Options of the process. */
export interface FrameSenderOptions {
  /** Full data frames of the file. */
  readonly frames: number;
}

const HELLO = encodeJsonFrame("HELO", {
  protocol: 2,
  agent: "bench",
  features: ["files", "chat"],
  limits: { control: LIMITS.controlBytes, data: LIMITS.dataBytes, message: LIMITS.messageBytes },
  auth: { required: false, mechanisms: [] },
  you: { nick: "guest-1", session: "bench" },
});

const { frames } = options<FrameSenderOptions>();
const frame = new Uint8Array(HEADER_BYTES + LIMITS.protocol2DataBytes);
const payload = frame.subarray(HEADER_BYTES);
writeHeader(new DataView(frame.buffer), 0, DATA_TYPE_CODE, payload.length);
for (let at = 0; at < payload.length; at += 65_536) {
  crypto.getRandomValues(payload.subarray(at, at + 65_536));
}
const hash = createHash("sha256");
for (let i = 0; i < frames; i++) hash.update(payload);
const sha256 = hash.digest("hex");
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
report({ port: listener.addr.port });
accept();
for await (const _ of orders()); // Until the end of the bench
Deno.exit();

async function accept(): Promise<void> {
  for await (const conn of listener) serve(conn).catch(() => conn.close());
}

async function serve(conn: Deno.Conn): Promise<void> {
  const reader = new FrameReader(byteStream(conn));
  for (let next = await reader.read(); next !== null; next = await reader.read()) {
    if (next.kind !== "control") continue;
    if (next.type === "HELO") await writeAll(conn, HELLO);
    if (next.type === "QUIT") break;
    if (next.type === "FGET") await send(conn, decodeObject(next.payload).id);
  }
  conn.close();
}

async function send(conn: Deno.Conn, id: unknown): Promise<void> {
  const size = frames * payload.length;
  await writeAll(conn, encodeJsonFrame("FMET", { id, size, mtime: 0, version: "1", offset: 0 }));
  for (let i = 0; i < frames; i++) await writeAll(conn, frame);
  await writeAll(conn, encodeJsonFrame("FEND", { id, sha256 }));
}
