import { abortable } from "@std/async/abortable";
import { statPath } from "../../client/stat_path.ts";
import type { DownloadHead } from "../../protocol/answers.ts";
import { ProtocolError, RequestError } from "../../protocol/errors.ts";
import { type Hashing, startHashing } from "./hashing.ts";
import type { JobControl, Link } from "./link.ts";
import type { DownloadJob, MoverResult } from "./mover_messages.ts";
import { Piece } from "./piece.ts";
import { openSink, type Sink } from "./sinks.ts";

/** Browsers receive without back-pressure: no more than these pieces … */
const PIECE_BYTES = 4 * 1024 * 1024;
/** … are asked for at once. */
const PIECES_AHEAD = 4;
/** Bytes that may wait for the thread that hashes. */
const HASHES_AHEAD_BYTES = 4 * 1024 * 1024;

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
    // What is kept of a file without room for the rest only takes the room away
    await sink.end(isSpoilt(error) || isFull(error));
    throw error;
  }
}

async function fetchInto(
  sink: Sink,
  link: Link,
  job: DownloadJob,
  control: JobControl,
): Promise<MoverResult> {
  try {
    return await new FileFetching(link, job, sink, control, false).run();
  } catch (error) {
    if (!isSpoilt(error)) throw error;
    return await new FileFetching(link, job, sink, control, true).run();
  }
}

function isSpoilt(error: unknown): boolean {
  return error instanceof RequestError && (error.code === "integrity" || error.code === "changed");
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === "QuotaExceededError";
}

/** One attempt, in one piece or several. */
class FileFetching {
  readonly #link: Link;
  readonly #job: DownloadJob;
  readonly #sink: Sink;
  readonly #control: JobControl;
  /** Whether it begins anew, after another attempt. */
  readonly #isLast: boolean;
  readonly #isInPieces: boolean;
  #hashing: Hashing | null = null;
  readonly #over = new AbortController();
  #size = 0;
  #version: string | null = null;
  #resumedAt = 0;
  /** Bytes in the sink. */
  #received = 0;
  /** What the server says that the SHA-256 is. */
  #expected: Promise<string | null> = Promise.resolve(null);

  constructor(link: Link, job: DownloadJob, sink: Sink, control: JobControl, isLast: boolean) {
    this.#link = link;
    this.#job = job;
    this.#sink = sink;
    this.#control = control;
    this.#isLast = isLast;
    this.#isInPieces = link.protocol.hello.features.includes("ranges") &&
      (job.size > PIECE_BYTES || isLast);
  }

  async run(): Promise<MoverResult> {
    try {
      return await this.#fetch(!this.#isLast && await this.#hashKept());
    } finally {
      this.#over.abort();
      this.#hashing?.end();
    }
  }

  /** Hashes what the sink has. Returns whether that is something. */
  async #hashKept(): Promise<boolean> {
    const { keptBytes, keptVersion } = this.#sink;
    if (keptBytes === 0 || keptVersion === null) return false;
    await this.#sink.hashKept(await this.#hashAnew(this.#job.size), this.#control.signal);
    return true;
  }

  /** @throws the reason of the signal, and when the attempt is over: the sink may be another's then */
  async #hashAnew(sizeBytes: number): Promise<Hashing> {
    this.#hashing?.end();
    const { startHashWorker } = this.#link;
    const signal = AbortSignal.any([this.#control.signal, this.#over.signal]);
    const hashing = await startHashing(sizeBytes, startHashWorker, signal, HASHES_AHEAD_BYTES);
    if (signal.aborted) hashing.end();
    signal.throwIfAborted();
    return this.#hashing = hashing;
  }

  async #fetch(resumes: boolean): Promise<MoverResult> {
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
    if (!isResumed) await this.#hashAnew(head.size);
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
    const { length } = bytes;
    await this.#sink.write(bytes);
    await this.#hash(bytes);
    this.#received += length;
    this.#tell("moving");
  }

  /** Hashes bytes beside what comes next; the connection receives into the buffers that are hashed. */
  async #hash(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { reader } = this.#link.connection.context.connection;
    const { buffer } = bytes;
    const hashing = this.#underWay;
    await hashing.update(bytes);
    if (buffer.byteLength > 0) reader.recycle(buffer);
    for (const free of hashing.free.splice(0)) reader.recycle(free);
  }

  get #underWay(): Hashing {
    if (this.#hashing === null) throw outOfPlace();
    return this.#hashing;
  }

  async #finish(): Promise<MoverResult> {
    if (this.#received !== this.#size) throw outOfPlace();
    this.#tell("checking");
    const sha256 = await abortable(this.#underWay.digest(), this.#control.signal);
    const expected = await abortable(this.#expected, this.#control.signal);
    if (sha256 !== expected) throw new RequestError("integrity");
    return { sha256, size: this.#size, blob: await this.#sink.finish() };
  }

  #tell(phase: "moving" | "checking"): void {
    const resumedAt = this.#resumedAt;
    this.#control.onProgress({ done: this.#received, phase, resumedAt, size: this.#size });
  }
}

function outOfPlace(): ProtocolError {
  return new ProtocolError("bad-sequence", "Cannot follow the server: it sent another part");
}
