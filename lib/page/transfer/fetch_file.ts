import { abortable } from "@std/async/abortable";
import { onAbort } from "../../async/on_abort.ts";
import type { DownloadReceiver } from "../../client/download_receiver.ts";
import { statPath } from "../../client/stat_path.ts";
import type { DownloadHead } from "../../protocol/answers.ts";
import { ProtocolError, RequestError } from "../../protocol/errors.ts";
import { type Hasher, startSha256 } from "./hasher.ts";
import type { JobControl, Link } from "./link.ts";
import type { DownloadJob, MoverResult } from "./mover_messages.ts";
import { openSink, type Sink } from "./sinks.ts";

/** Browsers receive without back-pressure: no more than these pieces … */
const PIECE_BYTES = 4 * 1024 * 1024;
/** … are asked for at once. */
const PIECES_AHEAD = 4;

/**
 * Fetches a file. It has its name only if the SHA-256 of all its bytes is the server's; what was kept
 * of an earlier attempt is hashed again. A file that turns out wrong, or changes, is fetched once more.
 *
 * @throws {RequestError} `integrity`; others as FGET
 * @throws {ConnectionError}; {DOMException} when it cannot be stored
 */
export async function fetchFile(
  link: Link,
  job: DownloadJob,
  control: JobControl,
): Promise<MoverResult> {
  const sink = await openSink(job.target);
  try {
    return await fetchInto(sink, link, job, control);
  } catch (error) {
    await sink.end(isSpoilt(error));
    throw error;
  }
}

async function fetchInto(
  sink: Sink,
  link: Link,
  job: DownloadJob,
  control: JobControl,
): Promise<MoverResult> {
  const hasher = await startSha256();
  const resumes = sink.keptBytes > 0 && sink.keptVersion !== null;
  try {
    if (resumes) await sink.hashKept(hasher, control.signal);
    const attempt = { hasher, isLast: false };
    return await new FileFetching(link, job, sink, control, attempt).run(resumes);
  } catch (error) {
    if (!isSpoilt(error)) throw error;
    const attempt = { hasher, isLast: true };
    return await new FileFetching(link, job, sink, control, attempt).run(false);
  }
}

function isSpoilt(error: unknown): boolean {
  return error instanceof RequestError && (error.code === "integrity" || error.code === "changed");
}

interface Attempt {
  readonly hasher: Hasher;
  readonly isLast: boolean;
}

/** One attempt, in one piece or several. */
class FileFetching {
  readonly #link: Link;
  readonly #job: DownloadJob;
  readonly #sink: Sink;
  readonly #control: JobControl;
  #hasher: Hasher;
  readonly #isInPieces: boolean;
  #size = 0;
  #version: string | null = null;
  #resumedAt = 0;
  /** Bytes in the sink. */
  #received = 0;
  /** What the server says that the SHA-256 is. */
  #expected: Promise<string | null> = Promise.resolve(null);

  constructor(link: Link, job: DownloadJob, sink: Sink, control: JobControl, attempt: Attempt) {
    this.#link = link;
    this.#job = job;
    this.#sink = sink;
    this.#control = control;
    this.#hasher = attempt.hasher;
    this.#isInPieces = link.protocol.hello.features.includes("ranges") &&
      (job.size > PIECE_BYTES || attempt.isLast);
  }

  /** @param resumes whether the hasher has had what the sink keeps */
  async run(resumes: boolean): Promise<MoverResult> {
    this.#control.signal.throwIfAborted();
    this.#version = resumes ? this.#sink.keptVersion : null;
    const pieces = [this.#ask(resumes ? this.#sink.keptBytes : 0, true)];
    try {
      await pieces[0]?.head;
      await this.#receive(pieces);
      return await this.#finish();
    } catch (error) {
      for (const piece of pieces) piece.fail(error);
      throw error;
    }
  }

  /** Receives the pieces in their order, and asks for further ones ahead. */
  async #receive(pieces: Piece[]): Promise<void> {
    let next = this.#isInPieces ? this.#resumedAt + PIECE_BYTES : this.#size;
    while (pieces.length > 0) {
      for (; pieces.length < PIECES_AHEAD && next < this.#size; next += PIECE_BYTES) {
        pieces.push(this.#ask(next, false));
      }
      const sha256 = await pieces[0]?.done ?? null;
      pieces.shift();
      if (sha256 !== null) this.#expected = Promise.resolve(sha256);
    }
  }

  #ask(offset: number, isFirst: boolean): Piece {
    const piece = new Piece({
      onHead: (head) => isFirst ? this.#begin(head) : this.#checkHead(head, offset),
      onData: (bytes) => this.#onData(bytes),
      signal: this.#control.signal,
    });
    this.#link.protocol.download({
      path: this.#job.path,
      offset,
      version: this.#version,
      zstd: false,
      ...(this.#isInPieces && { length: PIECE_BYTES }),
    }, piece);
    return piece;
  }

  /** The first FMET: whether the part is gone on with. */
  async #begin(head: DownloadHead): Promise<void> {
    const isResumed = head.offset > 0 && head.version === this.#version;
    if (head.offset > 0 && !isResumed) throw outOfPlace();
    const isLarger = !this.#isInPieces && head.size > PIECES_AHEAD * PIECE_BYTES;
    if (isLarger && head.size > this.#job.size) throw new RequestError("changed");
    if (!isResumed) this.#hasher = await startSha256();
    this.#size = head.size;
    this.#version = head.version;
    this.#received = this.#resumedAt = head.offset;
    await this.#sink.begin(head.version, isResumed);
    if (head.sha256 !== null) this.#expected = Promise.resolve(head.sha256);
    else if (this.#isInPieces) this.#expected = this.#askSha256();
    this.#tell("moving");
  }

  #checkHead({ offset, version, size }: DownloadHead, wanted: number): void {
    if (version !== this.#version || size !== this.#size) throw new RequestError("changed");
    if (offset !== wanted) throw outOfPlace();
  }

  /** The server computes it meanwhile. */
  #askSha256(): Promise<string | null> {
    const status = statPath(this.#link.protocol, this.#job.path, this.#control.signal);
    const sha256 = status.then((told) => {
      if (told.version !== this.#version) throw new RequestError("changed");
      return told.sha256;
    });
    sha256.catch(() => {}); // Thrown where it is awaited
    return sha256;
  }

  async #onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#hasher.update(bytes);
    await this.#sink.write(bytes);
    this.#received += bytes.length;
    this.#tell("moving");
  }

  async #finish(): Promise<MoverResult> {
    if (this.#received !== this.#size) throw outOfPlace();
    const sha256 = this.#hasher.digest();
    this.#tell("checking");
    const expected = await abortable(this.#expected, this.#control.signal);
    if (sha256 !== expected) throw new RequestError("integrity");
    return { sha256, size: this.#size, blob: await this.#sink.finish() };
  }

  #tell(phase: "moving" | "checking"): void {
    const resumedAt = this.#resumedAt;
    this.#control.onProgress({ done: this.#received, phase, resumedAt, size: this.#size });
  }
}

interface PieceOptions {
  readonly onHead: (head: DownloadHead) => void | Promise<void>;
  readonly onData: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly signal: AbortSignal;
}

/** One FGET. What comes after its failure is dropped. */
class Piece implements DownloadReceiver {
  readonly #options: PieceOptions;
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<string | null>();
  #hasBegun = false;
  #isSettled = false;
  #cancel: () => void = () => {};
  readonly #abortion: Disposable;

  constructor(options: PieceOptions) {
    this.#options = options;
    this.#begun.promise.catch(() => {}); // As the end
    this.#ended.promise.catch(() => {}); // Another piece may have failed before
    this.#abortion = onAbort(options.signal, () => this.fail(options.signal.reason));
  }

  /** Resolves once FMET is handled. */
  get head(): Promise<void> {
    return this.#begun.promise;
  }

  /** Resolves after the last byte is stored, to the SHA-256 of the whole file if the server told it. */
  get done(): Promise<string | null> {
    return this.#ended.promise;
  }

  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  onRequested(cancel: () => void): void {
    this.#cancel = cancel;
    if (this.#isSettled) cancel();
  }

  onHead(head: DownloadHead): void {
    this.#hasBegun = true;
    if (this.#isSettled) return;
    this.#run(async () => {
      await this.#options.onHead(head);
      this.#begun.resolve();
    });
  }

  async onData(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#begun.promise.catch(() => {}); // Settled then
    if (!this.#isSettled) await this.#run(() => this.#options.onData(bytes));
  }

  onZstd(): Promise<void> {
    return Promise.reject(
      new ProtocolError("bad-sequence", "Cannot inflate what was not asked for"),
    );
  }

  async onEnd(sha256: string | null): Promise<void> {
    await this.#begun.promise.catch(() => {}); // Settled then
    if (this.#isSettled) return;
    this.#settle();
    this.#ended.resolve(sha256);
  }

  onFail(error: RequestError): void {
    this.#reject(error);
  }

  fail(error: unknown): void {
    if (this.#isSettled) return;
    this.#reject(error);
    this.#cancel();
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(error);
    }
  }

  #reject(error: unknown): void {
    this.#settle();
    this.#begun.reject(error);
    this.#ended.reject(error);
  }

  #settle(): void {
    this.#isSettled = true;
    this.#abortion[Symbol.dispose]();
  }
}

function outOfPlace(): ProtocolError {
  return new ProtocolError("bad-sequence", "Cannot follow the server: it sent another part");
}
