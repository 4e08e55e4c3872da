import { zstdDecompressSync } from "node:zlib";
import { sha256Of } from "./bytes.ts";
import { bytesOf, type Content, rawFrame, RawPeer } from "./raw_peer.ts";

/** The content of a protocol 2 control frame. */
export type Json = Record<string, unknown>;

/** A protocol 2 frame as received. */
export interface Message {
  readonly type: string;
  /** Empty for data frames and QUIT. */
  readonly json: Json;
  /** The bytes of a data frame, or the encoded JSON. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The answer to an FGET, from FMET to FEND. */
export interface ReceivedFile {
  readonly head: Json;
  readonly end: Json;
  /** All data, inflated. */
  readonly bytes: Uint8Array;
  /** The types of the data frames, in order. */
  readonly types: readonly string[];
  /** The total size of the payloads of data frames. */
  readonly wireBytes: number;
}

const DATA_TYPES: ReadonlySet<string> = new Set(["FDAT", "FZST"]);

/** Encodes a protocol 2 control frame without code of the project. */
export function jsonFrame(type: string, json: Json): Uint8Array {
  return rawFrame(type, JSON.stringify(json));
}

/** The data frames of a content. */
export function dataFrames(content: Content, pieceBytes = 65_536): Uint8Array[] {
  const bytes = bytesOf(content);
  const frames: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
    frames.push(rawFrame("FDAT", bytes.subarray(offset, offset + pieceBytes)));
  }
  return frames;
}

/**
 * One end of a protocol 2 connection that sends exactly what a test wants, without code of the
 * project. It collects events and answers PING, unless the test reads the frames of `raw`.
 */
export class Protocol2Peer implements Disposable {
  readonly raw: RawPeer;
  /** The HELO of the other side. */
  hello: Json = {};
  /** The events so far. */
  readonly events: Json[] = [];
  #lastId = 0;

  /** Takes ownership of the connection; HELO has not been sent. */
  constructor(raw: RawPeer) {
    this.raw = raw;
  }

  /** Connects to a server of this machine and exchanges HELO. */
  static async connect(port: number, hello: Json = {}): Promise<Protocol2Peer> {
    const peer = new Protocol2Peer(await RawPeer.connect(port));
    await peer.send("HELO", { protocol: 2, agent: "test", ...hello });
    // Chat up to that point still arrives as CHAT
    peer.hello = readJson((await peer.raw.expect("HELO")).payload);
    return peer;
  }

  /** The token for attaching data connections. */
  get session(): string {
    return String((this.hello.you as Json).session);
  }

  /** Opens a data connection of this client. */
  attach(port: number): Promise<Protocol2Peer> {
    return Protocol2Peer.connect(port, { attach: this.session });
  }

  /** An unused request number. */
  newId(): number {
    return ++this.#lastId;
  }

  /** Sends a control frame. */
  async send(type: string, json: Json = {}): Promise<void> {
    await this.raw.send(jsonFrame(type, json));
  }

  /** Sends a request and returns its number. */
  async ask(type: string, fields: Json = {}): Promise<number> {
    const id = this.newId();
    await this.send(type, { id, ...fields });
    return id;
  }

  /** Reads the next frame except events; `null` at the end of the connection. */
  async read(): Promise<Message | null> {
    for (;;) {
      const frame = await this.raw.readFrame();
      if (frame === null) return null;
      const isBare = DATA_TYPES.has(frame.type) || frame.type === "QUIT";
      const json = isBare ? {} : readJson(frame.payload);
      if (frame.type === "PING") await this.send("PONG", json);
      else if (frame.type === "EVNT") this.events.push(json);
      else return { ...frame, json };
    }
  }

  /** Reads the next frame, which must have that type. */
  async expect(type: string): Promise<Json> {
    const message = await this.read();
    if (message?.type === type) return message.json;
    throw new Error(`Wanted ${type}, got ${message?.type} ${JSON.stringify(message?.json)}`);
  }

  /** Reads up to the next event that fits; an event received earlier counts, too. */
  async event(fits: (event: Json) => boolean): Promise<Json> {
    for (let at = 0;;) {
      for (; at < this.events.length; at++) {
        if (fits(this.events[at]!)) return this.events[at]!;
      }
      const frame = await this.raw.readFrame();
      if (frame?.type !== "EVNT") throw new Error(`Wanted an event, got ${frame?.type}`);
      this.events.push(readJson(frame.payload));
    }
  }

  /** Reads the DONE of a request, and returns its content without the number. */
  async done(id: number): Promise<Json> {
    const { id: answered, ...rest } = await this.expect("DONE");
    if (answered !== id) throw new Error(`Wanted the answer to ${id}, got that to ${answered}`);
    return rest;
  }

  /** Reads the FAIL of a request, or of no request for `null`, and returns its code. */
  async fail(id: number | null): Promise<string> {
    const { id: failed, code, reason = "none", limit = 0, message, ...rest } = await this.expect(
      "FAIL",
    );
    if (failed !== id) throw new Error(`Wanted the failure of ${id}, got that of ${failed}`);
    const isPlain = typeof message === "string" && message !== "" && !message.includes("/");
    if (!isPlain) throw new Error(`FAIL has the message ${JSON.stringify(message)}`);
    const isWord = typeof reason === "string" && /^[a-z-]+$/.test(reason);
    if (!isWord) throw new Error(`FAIL has the reason ${JSON.stringify(reason)}`);
    if (!Number.isInteger(limit)) throw new Error(`FAIL has the limit ${JSON.stringify(limit)}`);
    if (Object.keys(rest).length > 0) throw new Error(`FAIL has more: ${JSON.stringify(rest)}`);
    return String(code);
  }

  /** Sends a request and returns the content of its DONE. */
  async request(type: string, fields: Json = {}): Promise<Json> {
    return await this.done(await this.ask(type, fields));
  }

  /** Sends a request and returns the code of its FAIL. */
  async refusal(type: string, fields: Json = {}): Promise<string> {
    return await this.fail(await this.ask(type, fields));
  }

  /** Checks that the connection is alive, and that nothing but events came before the PONG. */
  async assertLives(): Promise<void> {
    const id = this.newId();
    await this.send("PING", { id });
    const answer = await this.expect("PONG");
    if (answer.id !== id) throw new Error(`PONG has the number ${answer.id}, not ${id}`);
  }

  /** Reads the whole answer to an FGET. */
  async receiveFile(id: number): Promise<ReceivedFile> {
    const { id: begun, ...head } = await this.expect("FMET");
    const pieces: Uint8Array[] = [];
    const types: string[] = [];
    let wireBytes = 0;
    for (;;) {
      const message = await this.read();
      if (message?.type === "FEND") {
        const { id: ended, ...end } = message.json;
        if (begun !== id || ended !== id) throw new Error(`Wanted ${id}, got ${begun}, ${ended}`);
        return { head, end, bytes: joinBytes(pieces), types, wireBytes };
      }
      if (!message || !DATA_TYPES.has(message.type)) {
        throw new Error(`Wanted data, got ${message?.type} ${JSON.stringify(message?.json)}`);
      }
      types.push(message.type);
      wireBytes += message.payload.length;
      pieces.push(message.type === "FDAT" ? message.payload : zstdDecompressSync(message.payload));
    }
  }

  /** Downloads a file. */
  async get(path: string, fields: Json = {}): Promise<ReceivedFile> {
    return await this.receiveFile(await this.ask("FGET", { path, ...fields }));
  }

  /** Sends data, and FEND with the SHA-256 of `content`. */
  async sendContent(id: number, content: Content, from = 0): Promise<void> {
    await this.raw.send(...dataFrames(bytesOf(content).subarray(from)));
    await this.send("FEND", { id, sha256: sha256Of(content) });
  }

  /** Uploads a file from the offset that the server requests, and returns the content of DONE. */
  async put(path: string, content: Content, fields: Json = {}): Promise<Json> {
    const id = await this.ask("FPUT", { path, size: bytesOf(content).length, ...fields });
    const { offset } = await this.expect("REDY");
    await this.sendContent(id, content, Number(offset));
    return await this.done(id);
  }

  /** Reads all frames except events up to the end of the connection. */
  async readToEnd(): Promise<Message[]> {
    const messages: Message[] = [];
    for (let message = await this.read(); message !== null; message = await this.read()) {
      messages.push(message);
    }
    return messages;
  }

  /** Sends QUIT, and closes once the server has closed. */
  async quit(): Promise<void> {
    await this.raw.sendFrame("QUIT");
    await this.readToEnd();
    this.raw.close();
  }

  /**
   * Reads a FAIL without a number, after which the connection must end, closes, and returns the
   * code.
   */
  async failsAndEnds(): Promise<string> {
    const code = await this.fail(null);
    const rest = await this.readToEnd();
    this.raw.close();
    if (rest.length > 0) throw new Error(`After the failure came ${rest[0]!.type}`);
    return code;
  }

  [Symbol.dispose](): void {
    this.raw.close();
  }
}

function readJson(payload: Uint8Array): Json {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
}

function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
