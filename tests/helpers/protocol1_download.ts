import { encodeFileMetadata } from "../../lib/protocol/file_metadata.ts";
import type { ControlFrame } from "../../lib/stream/frames/frame_reader.ts";
import type { DownloadOptions } from "../../lib/transfer/download.ts";
import { Protocol1Download } from "../../lib/transfer/protocol1_download.ts";
import type { FileWorker } from "../../lib/worker/file_worker.ts";
import { sha256Of } from "./bytes.ts";
import { bytesOf, type Content } from "./raw_peer.ts";

/** A control frame as a reader gives it. */
export function controlFrame(type: string, payload: Content = ""): ControlFrame {
  return { kind: "control", type, payload: new Uint8Array(bytesOf(payload)) };
}

/** FMTA. */
export function metadataFrame(name: string, sizeBytes: number): ControlFrame {
  return controlFrame("FMTA", encodeFileMetadata({ name, sizeBytes }));
}

/** FHSH for that content. */
export function hashFrame(content: Uint8Array): ControlFrame {
  return controlFrame("FHSH", Uint8Array.fromHex(sha256Of(content)));
}

/** A download of "a.bin" into a folder, with what it gives back. */
export class Incoming extends Protocol1Download {
  /** Sizes of the buffers that were given back. */
  readonly recycled: number[];

  constructor(worker: FileWorker, directory: string, options: Partial<DownloadOptions> = {}) {
    const recycled: number[] = [];
    super({ directory, name: "a.bin", ...options }, () => worker, (buffer) => {
      recycled.push(buffer.byteLength);
    });
    this.recycled = recycled;
  }

  /** Has the server announce a file of that content. */
  announce(content: Uint8Array): void {
    this.onFrame(controlFrame("FROK"));
    this.onFrame(metadataFrame("a.bin", content.length));
    this.onFrame(hashFrame(content));
  }

  /** Has the server send data; the caller's bytes stay the caller's. */
  send(bytes: Uint8Array): Promise<void> {
    return this.onData(new Uint8Array(bytes));
  }
}
