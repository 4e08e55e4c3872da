import type { StoredFile } from "../files/directory_store.ts";
import { dataBufferBytes } from "../protocol/data_frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import type { FrameWriter } from "../stream/frame_writer.ts";
import type { FileWorker } from "../worker/file_worker.ts";
import type { FilledBuffer } from "../worker/jobs.ts";

/** Buffers that circulate between worker and socket: all that a transfer holds in memory. */
const BUFFERS = 4;
/** Full data frames in a buffer: 512 KiB of data. */
const FRAMES_PER_BUFFER = 64;

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
  writer: FrameWriter,
  signal: AbortSignal,
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
  const first = newBuffer();
  expect(worker.call("startSend", [file, first], [first]));
  try {
    for (let i = 1; i < BUFFERS && unreadBytes > 0; i++) fill(newBuffer());
    for (let next = filling.shift(); next !== undefined; next = filling.shift()) {
      const { buffer, frameBytes } = await next;
      signal.throwIfAborted();
      await writer.sendBulk(new Uint8Array(buffer, 0, frameBytes));
      fill(buffer);
    }
  } catch (error) {
    worker.call("close", [false]).catch(() => {}); // A dead worker holds nothing open
    throw error;
  }
}
