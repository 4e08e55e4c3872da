import type { StoredFile } from "../files/directory_store.ts";
import { dataBufferBytes } from "../protocol/data_frames.ts";
import { concatBytes } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { FrameWriter } from "../stream/frame_writer.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { FilledBuffer } from "../worker/jobs.ts";

/** Buffers that circulate between worker and socket: all that a transfer holds in memory. */
const BUFFERS = 4;
/** Up to this size, copying frames behind their head is cheaper than a write of its own. */
const COPIED_BYTES = 64 * 1024;
const NOTHING = new Uint8Array(0);
/** Full data frames in a buffer: 512 KiB of data. */
const FRAMES_PER_BUFFER = 64;

/** Where the data go. */
export interface SendOptions {
  readonly writer: FrameWriter;
  /** Fires when nobody wants them any more. */
  readonly signal: AbortSignal;
  /** Frames to send before the data, once the file is open. Default: none. */
  readonly head?: Uint8Array;
}

/**
 * Sends the data frames of a file, which is not empty, over the bulk lane.
 *
 * The worker reads and frames one buffer while the socket takes another; a buffer goes back to the
 * worker when the socket has taken it, which is what pushes back.
 *
 * @throws {RequestError} `changed` before the last byte is sent, if the file is not what it was;
 * the reason of `signal` when that fires
 */
export async function sendData(
  worker: FileWorker,
  file: StoredFile,
  { writer, signal, head = NOTHING }: SendOptions,
): Promise<void> {
  let unreadBytes = file.identity.sizeBytes;
  const frames = Math.min(Math.ceil(unreadBytes / LIMITS.protocol1DataBytes), FRAMES_PER_BUFFER);
  const newBuffer = () => new ArrayBuffer(dataBufferBytes(frames));
  const filling: Promise<FilledBuffer>[] = [];
  const expect = (filled: Promise<FilledBuffer>) => {
    unreadBytes -= frames * LIMITS.protocol1DataBytes;
    filled.catch(() => {}); // Reported when its turn comes, if it still matters then
    filling.push(filled);
  };
  const fill = (buffer: ArrayBuffer) => {
    if (unreadBytes > 0) expect(worker.call("fillFrames", [buffer], [buffer]));
  };
  let unsentHead = head;
  const first = newBuffer();
  expect(worker.call("startSend", [file, first], [first]));
  try {
    for (let i = 1; i < BUFFERS && unreadBytes > 0; i++) fill(newBuffer());
    for (let next = filling.shift(); next !== undefined; next = filling.shift()) {
      const { buffer, frameBytes } = await next;
      signal.throwIfAborted();
      await sendBehind(unsentHead, new Uint8Array(buffer, 0, frameBytes), writer);
      unsentHead = NOTHING;
      fill(buffer);
    }
  } catch (error) {
    worker.call("close", [false]).catch(() => {}); // A dead worker holds nothing open
    throw error;
  }
}

/** Sends both, as one write where that is cheap. */
async function sendBehind(
  head: Uint8Array,
  frames: Uint8Array,
  writer: FrameWriter,
): Promise<void> {
  if (head.length === 0) return await writer.sendBulk(frames);
  if (frames.length <= COPIED_BYTES) return await writer.sendBulk(concatBytes([head, frames]));
  await Promise.all([writer.sendBulk(head), writer.sendBulk(frames)]);
}
