import {
  parseClientFinal,
  parseClientFirst,
  parseServerFinal,
  parseServerFirst,
} from "../../lib/accounts/scram_messages.ts";
import {
  decodeDownloadHead,
  decodeFailure,
  decodeListing,
  decodeStatus,
  decodeStoredUpload,
} from "../../lib/protocol/answers.ts";
import { checkNick, checkRoomName } from "../../lib/protocol/chat_names.ts";
import { decodeEvent } from "../../lib/protocol/decode_event.ts";
import { ProtocolError, RequestError } from "../../lib/protocol/errors.ts";
import { decodeFileMetadata } from "../../lib/protocol/file_metadata.ts";
import { decodeClientHello, decodeServerHello } from "../../lib/protocol/hello.ts";
import { decodeObject, Fields, type JsonObject } from "../../lib/protocol/json.ts";
import { checkPath } from "../../lib/protocol/path.ts";
import { decodeRequest, isRequestType } from "../../lib/protocol/requests.ts";
import { checkChatText, cleanText, decodeChatText, splitText } from "../../lib/protocol/text.ts";
import { type Frame, FrameReader } from "../../lib/stream/frames/frame_reader.ts";
import { inflateChunk } from "../../lib/worker/zstd.ts";
import { ByteSource } from "../helpers/byte_source.ts";
import { DATA_BYTES, type FrameModel, modelOf } from "./frame_model.ts";
import type { Stream } from "./streams.ts";
import type { Tally } from "./tally.ts";
import { inTurn } from "./turns.ts";

const decoder = new TextDecoder();

/** Decoders of frames that are not JSON objects, of clients and servers. */
const PLAIN: Readonly<Record<string, readonly ((payload: Uint8Array) => unknown)[]>> = {
  HELO: [decodeClientHello, decodeServerHello],
  CHAT: [decodeChatText],
  FERR: [(payload) => cleanText(decoder.decode(payload))],
  FMTA: [readMetadata],
  FILE: [(payload) => readPath(decoder.decode(payload))],
};

const OBJECTS: Readonly<Record<string, readonly ((object: JsonObject) => unknown)[]>> = {
  EVNT: [decodeEvent],
  DONE: [(object) => decodeListing(object, "sub"), decodeStatus, decodeStoredUpload],
  FMET: [decodeDownloadHead],
  FAIL: [decodeFailure],
  FEND: [(object) => new Fields(object).sha256("sha256")],
  NICK: [(object) => checkNick(new Fields(object).text("nick"))],
  JOIN: [(object) => checkRoomName(new Fields(object).text("room"))],
  SEND: [(object) => readText(new Fields(object).text("text"))],
  AUTH: [(object) => readLogin(new Fields(object).text("data"))],
};

/** Reads a stream with the decoders of both sides, and tallies the refusals. */
export async function feedDecoders(
  { bytes, isProtocol2 }: Stream,
  chunkBytes: number,
  tally: Tally,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    chunks.push(bytes.subarray(at, at + chunkBytes));
  }
  const reader = new FrameReader(ByteSource.of(chunks).stream);
  if (isProtocol2) reader.allowZstd();
  const seen = { controls: 0, controlBytes: 0, dataBytes: 0, end: "whole" };
  try {
    for (let frame = await reader.read(); frame !== null; frame = await reader.read()) {
      tally.frames++;
      count(frame, seen);
      readFrame(frame, tally);
    }
  } catch (error) {
    tally.frames++;
    if (!(error instanceof ProtocolError)) {
      return tally.violate(`The reader threw ${describe(error)}`);
    }
    tally.refuse(error.code);
    seen.end = error.code;
  }
  compare(seen, modelOf(bytes, isProtocol2), tally);
}

function count(frame: Frame, seen: { controls: number; controlBytes: number; dataBytes: number }) {
  if (frame.kind === "data") {
    seen.dataBytes += frame.bytes.length;
  } else {
    seen.controls++;
    seen.controlBytes += frame.payload.length;
  }
}

/** The reader must end where the contract says so, and lose or invent nothing before. */
function compare(
  seen: Omit<FrameModel, "end"> & { readonly end: string },
  model: FrameModel,
  tally: Tally,
): void {
  // An error overtakes the data of the same read
  const isDataRight = model.end === "whole"
    ? seen.dataBytes === model.dataBytes
    : seen.dataBytes <= model.dataBytes;
  const isSame = seen.end === model.end && seen.controls === model.controls &&
    seen.controlBytes === model.controlBytes;
  if (isSame && isDataRight) return;
  tally.violate(`The reader read ${JSON.stringify(seen)} instead of ${JSON.stringify(model)}`);
}

function readFrame(frame: Frame, tally: Tally): void {
  if (frame.kind === "data") return;
  if (frame.kind === "zstd") return attempt(() => inflate(frame.payload), "FZST", tally);
  const { type, payload } = frame;
  for (const decode of PLAIN[type] ?? []) attempt(() => decode(payload), type, tally);
  if (!isRequestType(type) && OBJECTS[type] === undefined) return;
  attempt(
    () => {
      const object = decodeObject(payload);
      if (isRequestType(type)) attempt(() => decodeRequest(type, object), type, tally);
      for (const decode of OBJECTS[type] ?? []) attempt(() => decode(object), type, tally);
      readId(object);
    },
    type,
    tally,
  );
}

function attempt(work: () => unknown, type: string, tally: Tally): void {
  let error: unknown = null;
  const decode = () => {
    error = null;
    try {
      work();
    } catch (thrown) {
      error = thrown;
    }
  };
  // Data are inflated by a worker, not on the main isolate
  if (type === "FZST") decode();
  else inTurn(decode, `A decoder of ${type}`, tally);
  if (error === null) return;
  if (error instanceof ProtocolError || error instanceof RequestError) tally.refuse(error.code);
  else tally.violate(`A decoder of ${type} threw ${describe(error)}`);
}

/** @throws {Error} if the bytes do not say what is returned */
function readMetadata(payload: Uint8Array): void {
  const { name, sizeBytes } = decodeFileMetadata(payload);
  const bytes = new TextEncoder().encode(name);
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const isRight = view.getUint32(0) === bytes.length && payload.length === bytes.length + 12 &&
    view.getBigUint64(4 + bytes.length) === BigInt(sizeBytes);
  if (isRight && Number.isSafeInteger(sizeBytes) && bytes.length <= 4_096) return;
  throw new Error(`FMTA ${payload.toHex()} was accepted`);
}

/** @throws {Error} if a payload inflates to more than a data frame may have */
function inflate(payload: Uint8Array): void {
  const { length } = inflateChunk(payload);
  if (length > DATA_BYTES) throw new Error(`FZST inflated to ${length} bytes`);
}

/** @throws {Error} if an id is accepted that none may be */
function readId(object: JsonObject): void {
  const id = new Fields(object).id();
  if (id !== object.id || !Number.isInteger(id) || id < 1 || id > 2 ** 31 - 1) {
    throw new Error(`The id ${id} was accepted`);
  }
}

/** @throws {Error} if `checkPath` returns a path that it would itself refuse or change */
function readPath(text: string): void {
  const path = checkPath(text);
  if (path.split("/").some((name) => name === ".." || name === "") || checkPath(path) !== path) {
    throw new Error(`The path ${JSON.stringify(text)} was accepted`);
  }
}

function readText(text: string): void {
  if (splitText(text).join("") !== text) throw new Error("Text was lost when it was split");
  cleanText(text);
  checkChatText(text);
}

function readLogin(data: string): void {
  for (const parse of [parseClientFirst, parseClientFinal, parseServerFirst, parseServerFinal]) {
    parse(data);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
