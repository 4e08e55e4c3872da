import { ProtocolError } from "./errors.ts";
import { LIMITS } from "./limits.ts";

/** The content of FMTA: the last component of the path, and the size of the whole file. */
export interface FileMetadata {
  readonly name: string;
  readonly sizeBytes: number;
}

/** Encodes the payload of FMTA: u32 name length, name, u64 file size. */
export function encodeFileMetadata({ name, sizeBytes }: FileMetadata): Uint8Array {
  const nameBytes = new TextEncoder().encode(name);
  const payload = new Uint8Array(4 + nameBytes.length + 8);
  const view = new DataView(payload.buffer);
  view.setUint32(0, nameBytes.length);
  payload.set(nameBytes, 4);
  view.setBigUint64(4 + nameBytes.length, BigInt(sizeBytes));
  return payload;
}

/**
 * Decodes the payload of FMTA. The name is unchecked.
 *
 * @throws {ProtocolError} `bad-frame` if the lengths do not fit, the name is not UTF-8 or longer
 * than a path may be, or the size is above 2^53 - 1 bytes
 */
export function decodeFileMetadata(payload: Uint8Array): FileMetadata {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const nameLength = payload.length - 12;
  if (nameLength < 0 || view.getUint32(0) !== nameLength) {
    throw new ProtocolError("bad-frame", "Cannot read FMTA: its lengths do not fit its payload");
  }
  if (nameLength > LIMITS.pathBytes) {
    throw new ProtocolError(
      "bad-frame",
      `Cannot accept FMTA: its name has ${nameLength} bytes, at most ${LIMITS.pathBytes} are allowed`,
    );
  }
  const size = view.getBigUint64(4 + nameLength);
  if (size > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new ProtocolError("bad-frame", `Cannot accept FMTA: ${size} bytes is no possible size`);
  }
  return { name: decodeName(payload.subarray(4, 4 + nameLength)), sizeBytes: Number(size) };
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ProtocolError("bad-frame", "Cannot read FMTA: its name is not UTF-8", { cause });
  }
}
