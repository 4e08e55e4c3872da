import { encodeFileMetadata } from "../../lib/protocol/file_metadata.ts";
import type { ControlFrame } from "../../lib/stream/frames/frame_reader.ts";
import type { DownloadOptions } from "../../lib/transfer/download_options.ts";
import { Protocol1Download } from "../../lib/transfer/protocol1_download.ts";
import type { FileWorker } from "../../lib/worker/file_worker.ts";
import { sha256Of } from "./bytes.ts";
import { bytesOf, type Content } from "./raw_peer.ts";

/** A control frame as a reader returns it. */
export function controlFrame(type: string, payload: Content = ""): ControlFrame {
  return { kind: "control", type, payload: new Uint8Array(bytesOf(payload)) };
}

/** An FMTA frame. */
export function metadataFrame(name: string, sizeBytes: number): ControlFrame {
  return controlFrame("FMTA", encodeFileMetadata({ name, sizeBytes }));
}

/** An FHSH frame for the content. */
export function hashFrame(content: Uint8Array): ControlFrame {
  return controlFrame("FHSH", Uint8Array.fromHex(sha256Of(content)));
}

/** A protocol 1 download of "a.bin" into a folder, which records recycled buffers. */
export class TestProtocol1Download extends Protocol1Download {
  /** The sizes of the recycled buffers. */
  readonly recycled: number[];

  constructor(worker: FileWorker, directory: string, options: Partial<DownloadOptions> = {}) {
    const recycled: number[] = [];
    super({ directory, name: "a.bin", ...options }, () => worker, (buffer) => {
      recycled.push(buffer.byteLength);
    });
    this.recycled = recycled;
  }

  /** Delivers the frames that announce a file with that content. */
  announce(content: Uint8Array): void {
    this.onFrame(controlFrame("FROK"));
    this.onFrame(metadataFrame("a.bin", content.length));
    this.onFrame(hashFrame(content));
  }

  /** Delivers data; the caller keeps its bytes. */
  send(bytes: Uint8Array): Promise<void> {
    return this.onData(new Uint8Array(bytes));
  }
}
