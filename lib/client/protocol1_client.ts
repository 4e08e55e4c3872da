import { ConnectionError, ProtocolError } from "../protocol/errors.ts";
import { encodeFrame } from "../protocol/frames.ts";
import { LIMITS } from "../protocol/limits.ts";
import { failureOfText } from "../protocol/reason_texts.ts";
import { cleanLine } from "../protocol/text.ts";
import type { Bandwidth } from "../stream/bandwidth.ts";
import type { Frame } from "../stream/frames/frame_reader.ts";
import type { PacedFlow } from "../stream/paced_flow.ts";
import type { Protocol1Download } from "../transfer/protocol1_download.ts";
import type { ClientProtocol, ConnectionContext } from "./client_protocol.ts";

/** How long a server may be silent: original ones hash a file between two frames. */
const SILENCE_MS = 120_000;
const DOWNLOAD_FRAMES: ReadonlySet<string> = new Set(["FROK", "FERR", "FMTA", "FHSH"]);

/** The client's side of protocol 1: chat, and files one after the other. */
export class Protocol1Client implements ClientProtocol {
  readonly version = 1;
  readonly silenceMs = SILENCE_MS;
  readonly #context: ConnectionContext;
  readonly #onText: (text: string) => void;
  readonly #downloads: Protocol1Download[] = [];
  readonly #bandwidth: Bandwidth | undefined;
  /** Made for the first data. */
  #received: PacedFlow | null = null;
  #hasSent = false;

  /**
   * @param onText called with each chat message as the server sends it
   * @param bandwidth paces the data of files. Default: no limit
   */
  constructor(
    context: ConnectionContext,
    onText: (text: string) => void,
    bandwidth?: Bandwidth,
  ) {
    this.#context = context;
    this.#onText = onText;
    this.#bandwidth = bandwidth;
  }

  /** @inheritdoc */
  get awaitsAnswer(): boolean {
    return this.#downloads.length > 0;
  }

  /** Whether anything was sent that only a server of protocol 1 understands. */
  get hasSent(): boolean {
    return this.#hasSent;
  }

  /**
   * Bytes that the server will still send although they are not wanted any more, since protocol 1
   * cannot stop a transfer: a new connection may be the shorter way to the next file.
   */
  get unwantedBytes(): number {
    return this.#downloads.reduce((sum, download) => sum + download.unwantedBytes, 0);
  }

  /** Sends a chat message, which must be valid. The server does not acknowledge it. */
  sendChat(text: string): void {
    this.#hasSent = true;
    this.#context.connection.writer.send(encodeFrame("CHAT", text));
  }

  /** Requests a file, whose frames go to `download`. Files come in the order of the requests. */
  download(path: string, download: Protocol1Download): void {
    this.#downloads.push(download);
    this.#hasSent = true;
    this.#setBufferBytes();
    this.#context.connection.writer.send(encodeFrame("FILE", path));
  }

  /** @inheritdoc */
  onFrame(frame: Frame): Promise<void> | void {
    if (frame.kind === "data") return this.#onData(frame.bytes);
    if (frame.kind === "zstd") return; // An unknown type is ignored
    if (frame.type === "CHAT") return this.#onText(new TextDecoder().decode(frame.payload));
    if (!DOWNLOAD_FRAMES.has(frame.type)) return;
    const [download] = this.#downloads;
    if (download !== undefined) {
      download.onFrame(frame);
      if (download.isOver) this.#downloads.shift();
    } else if (frame.type === "FERR") {
      this.#context.onRejection(
        rejectionOfFerr(
          cleanLine(new TextDecoder().decode(frame.payload.subarray(0, LIMITS.messageBytes))),
        ),
      );
    } else {
      throw unasked(frame.type);
    }
  }

  /** @inheritdoc */
  onClosed(reason: unknown): void {
    this.#received?.close();
    for (const download of this.#downloads.splice(0)) download.fail(reason);
  }

  async #onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const [download] = this.#downloads;
    if (download === undefined) throw unasked("file data");
    this.#received ??= this.#bandwidth?.received.open("") ?? null;
    this.#setBufferBytes();
    await this.#received?.passed(bytes.length);
    await download.onData(bytes);
    if (download.isOver) this.#downloads.shift();
  }

  /** What is read at once is paid at once: at a limited rate, that is little. */
  #setBufferBytes(): void {
    if (this.#bandwidth === undefined) return;
    this.#context.connection.reader.setBufferBytes(this.#bandwidth.received.frameBytes);
  }
}

function unasked(what: string): ProtocolError {
  return new ProtocolError(
    "bad-sequence",
    `Cannot follow the server: ${what} came although nothing was asked for`,
  );
}

/** Protocol 1 sends no codes: the text may stand for one. */
function rejectionOfFerr(text: string): ConnectionError {
  const failure = failureOfText(text);
  if (failure === null) return new ConnectionError("rejected", text, { isQuote: true });
  if (failure.code === "tls-needed") return new ConnectionError("tls-needed", text);
  const { code: requestCode, reason } = failure;
  const options = { requestCode, ...(reason !== null && { requestReason: reason }) };
  return new ConnectionError("rejected", text, options);
}
