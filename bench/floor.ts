import { createHash } from "node:crypto";
import { join } from "@std/path";
import { PeerProcess } from "./peer_process.ts";
import { type BenchFixture, writeAll } from "./fixture.ts";

const BUFFER_BYTES = 256 * 1024;

/** Seconds that the parts of a transfer take when nothing else is done. */
export interface Floor {
  /** Through a loopback socket, from another process, with plain reads and writes. */
  readonly move: number;
  /** SHA-256 with `node:crypto`. */
  readonly hash: number;
  /** To a new file, on the file system that transfers write to. */
  readonly write: number;
  /** One after the other: T. */
  readonly total: number;
}

/** Measures once what it takes to move, to hash, and to write so many bytes. */
export async function measureFloor(place: BenchFixture, sizeBytes: number): Promise<Floor> {
  const move = await measureMove(sizeBytes);
  const hash = measureHash(sizeBytes);
  const write = measureWrite(place, sizeBytes);
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

/** Seconds to compute a SHA-256. */
export function measureHash(sizeBytes: number): number {
  const buffer = new Uint8Array(BUFFER_BYTES);
  const startedMs = performance.now();
  const hash = createHash("sha256");
  for (let left = sizeBytes; left > 0; left -= BUFFER_BYTES) hash.update(buffer);
  hash.digest("hex");
  return secondsSince(startedMs);
}

function measureWrite(place: BenchFixture, sizeBytes: number): number {
  const path = join(place.received, "floor");
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
