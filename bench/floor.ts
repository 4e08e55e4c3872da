import { join } from "@std/path";
import { createHash } from "node:crypto";
import { type BenchFixture, writeAll } from "./fixture.ts";
import { PeerProcess } from "./peer_process.ts";

const BUFFER_BYTES = 256 * 1024;

/** The seconds that the parts of a transfer take on their own. */
export interface Floor {
  /**
   * Moving the bytes through a loopback socket from another process, with plain reads and writes.
   */
  readonly move: number;
  /** Computing SHA-256 with `node:crypto`. */
  readonly hash: number;
  /** Writing a new file to the file system that transfers use. */
  readonly write: number;
  /** The sum: T. */
  readonly total: number;
}

/** Measures the time to move, to hash and to write that many bytes, once each. */
export async function measureFloor(fixture: BenchFixture, sizeBytes: number): Promise<Floor> {
  const move = await measureMove(sizeBytes);
  const hash = measureHash(sizeBytes);
  const write = measureWrite(fixture, sizeBytes);
  return { move, hash, write, total: move + hash + write };
}

async function measureMove(sizeBytes: number): Promise<number> {
  await using sender = new PeerProcess("byte_sender", { sizeBytes });
  const { port } = await sender.report<{ port: number }>();
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const buffer = new Uint8Array(BUFFER_BYTES);
  const startedMs = performance.now();
  while (await conn.read(buffer) !== null);
  return secondsSince(startedMs);
}

/** The seconds to compute a SHA-256. */
export function measureHash(sizeBytes: number): number {
  const buffer = new Uint8Array(BUFFER_BYTES);
  const startedMs = performance.now();
  const hash = createHash("sha256");
  for (let left = sizeBytes; left > 0; left -= BUFFER_BYTES) hash.update(buffer);
  hash.digest("hex");
  return secondsSince(startedMs);
}

function measureWrite(fixture: BenchFixture, sizeBytes: number): number {
  const path = join(fixture.received, "floor");
  const buffer = new Uint8Array(BUFFER_BYTES);
  const startedMs = performance.now();
  const file = Deno.openSync(path, { write: true, createNew: true });
  for (let left = sizeBytes; left > 0; left -= BUFFER_BYTES) writeAll(file, buffer);
  file.close();
  const seconds = secondsSince(startedMs);
  Deno.removeSync(path);
  return seconds;
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}
