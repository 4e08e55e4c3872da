import { deadline } from "../async/deadline.ts";
import { RequestError } from "../protocol/errors.ts";
import type { ListedEntry } from "../protocol/answers.ts";
import { LIMITS } from "../protocol/limits.ts";
import { DiscardedDownload } from "./discarded_download.ts";
import { listFolder } from "./list_folder.ts";
import type { Protocol2Client } from "./protocol2_client.ts";

/** Sizes of messages whose answers are waited for, in bytes. */
const SIZES = [500, 1_400, 8_000, 60_000];
/** How long such a message may take: a line with a smaller rate is no good for anything. */
const PACKET_MS = 1_500;
/** Bytes of a message that measures the speed. */
const PIECE = 60_000;
/** Messages under way: all of them together fit in what a client may queue. */
const UNDER_WAY = 14;
/** Answers that are timed. */
const ANSWERS = 20;
/** A smaller file tells nothing of the speed. */
const SMALLEST_FILE = 1_000_000;

/** The largest message that got through, and the smallest that did not. */
export interface PacketSizes {
  /** 0 for none. */
  readonly passed: number;
  /** `null` if all got through. */
  readonly stuck: number | null;
}

/** The times that answers to small requests took, in milliseconds: as many as came in time. */
export async function timeAnswers(protocol: Protocol2Client, limitMs: number): Promise<number[]> {
  const endMs = performance.now() + limitMs;
  const times: number[] = [];
  while (times.length < ANSWERS) {
    const startedMs = performance.now();
    if (!await answers(protocol, 0, endMs - startedMs)) break;
    times.push(performance.now() - startedMs);
  }
  return times;
}

/** Sends larger and larger messages until one is not answered. */
export async function findPacketSizes(
  protocol: Protocol2Client,
  limitMs: number,
): Promise<PacketSizes> {
  const endMs = performance.now() + limitMs;
  let passed = 0;
  for (const bytes of SIZES.filter((size) => size + 100 < protocol.hello.limits.control)) {
    const leftMs = Math.min(PACKET_MS, endMs - performance.now());
    if (!await answers(protocol, bytes, leftMs)) return { passed, stuck: bytes };
    passed = bytes;
  }
  return { passed, stuck: null };
}

/**
 * Whether a large answer arrives; `null` if the server has no file to ask for.
 *
 * @throws {ConnectionError} if the connection ends
 */
export async function receivesLarge(
  protocol: Protocol2Client,
  limitMs: number,
): Promise<boolean | null> {
  const endMs = performance.now() + limitMs;
  const file = await within(largestFile(protocol), limitMs);
  if (file === "late") return false; // The list is a large answer, too
  if (file === null) return null;
  const download = new DiscardedDownload();
  protocol.download(
    { path: file.path, offset: 0, version: null, zstd: false, length: PIECE },
    download,
  );
  const isWhole = await within(download.ended, endMs - performance.now());
  if (isWhole === "late") download.cancel();
  return isWhole !== "late";
}

/** Bytes per second that the server takes: of messages that it answers and drops. */
export async function measureUp(protocol: Protocol2Client, forMs: number): Promise<number> {
  const startedMs = performance.now();
  const endMs = startedMs + forMs;
  let bytes = 0;
  const lane = async () => {
    while (performance.now() < endMs) {
      if (!await answers(protocol, PIECE, 2 * forMs)) return;
      bytes += PIECE;
    }
  };
  await Promise.all(Array.from({ length: UNDER_WAY }, lane));
  return perSecond(bytes, performance.now() - startedMs);
}

/**
 * Bytes per second of the largest file of the served folder, which is dropped; `null` without one that
 * is large enough.
 */
export async function measureDown(
  protocol: Protocol2Client,
  forMs: number,
): Promise<{ readonly bytesPerSecond: number; readonly pauses: number } | null> {
  const file = await within(largestFile(protocol), forMs);
  if (file === "late" || file === null || file.size < SMALLEST_FILE) return null;
  const endMs = performance.now() + forMs;
  const startedMs = performance.now();
  let [bytes, pauses] = [0, 0];
  for (let isWhole = true; isWhole && performance.now() < endMs;) {
    const download = new DiscardedDownload();
    protocol.download({ path: file.path, offset: 0, version: null, zstd: false }, download);
    isWhole = await within(download.ended, endMs - performance.now()) === true;
    bytes += download.bytes;
    pauses += download.pauses;
    if (!isWhole) download.cancel();
  }
  if (bytes === 0) return null;
  return { bytesPerSecond: perSecond(bytes, performance.now() - startedMs), pauses };
}

/** Whether a PING with so many bytes more is answered in time. */
async function answers(protocol: Protocol2Client, bytes: number, ms: number): Promise<boolean> {
  const pad = bytes === 0 ? {} : { pad: padding(bytes) };
  return await within(protocol.request("PING", pad), ms) !== "late";
}

/** Text that no line compresses. */
function padding(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(Math.ceil(bytes * 3 / 4)));
  return random.toBase64().slice(0, bytes);
}

/** The largest file of the served folder itself; `null` without one, or without the right to see it. */
async function largestFile(protocol: Protocol2Client): Promise<ListedEntry | null> {
  if (!protocol.hello.features.includes("ranges")) return null;
  let largest: ListedEntry | null = null;
  try {
    let count = 0;
    for await (const entry of listFolder(protocol, "", {})) {
      if (++count > LIMITS.searchedEntries) break;
      if (entry.type === "file" && entry.size > (largest?.size ?? 0)) largest = entry;
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
  }
  return largest;
}

/** The result, or `late` if it does not come in time. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | "late"> {
  return await deadline(work, ms, "late" as const);
}

function perSecond(bytes: number, ms: number): number {
  return Math.round(bytes / (ms / 1000));
}
