import { digestBytes } from "../files/digest_bytes.ts";
import type { LogRecord } from "./engine.ts";

/** Bytes of a chain that are compared and shown. */
const SHOWN_BYTES = 8;

const TIME_BYTES = 8;

const encoder = new TextEncoder();

/** The chain before the first record of a log. */
export function firstChain(epoch: string): Uint8Array<ArrayBuffer> {
  return digestBytes(encoder.encode(epoch));
}

/** The chain after a record: over its time and its content. */
export function nextChain(
  chain: Uint8Array,
  { stampMs, payload }: Pick<LogRecord, "stampMs" | "payload">,
): Uint8Array<ArrayBuffer> {
  const time = new DataView(new ArrayBuffer(TIME_BYTES));
  time.setFloat64(0, stampMs);
  return digestBytes(chain, new Uint8Array(time.buffer), payload);
}

/** A chain as records and heartbeats carry it: its first 16 hex digits. */
export function showChain(chain: Uint8Array): string {
  return chain.subarray(0, SHOWN_BYTES).toHex();
}

/** A new epoch of a log: 32 hex digits, by chance. */
export function newEpoch(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
