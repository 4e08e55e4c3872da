import { dirname, join } from "@std/path";
import { sha256Of } from "../helpers/bytes.ts";
import { Prng } from "./prng.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const POOL_BYTES = 48 * MIB;

/** How large files are, and how often. */
const SIZES: readonly { readonly share: number; readonly least: number; readonly most: number }[] =
  [
    { share: 0.04, least: 0, most: 0 },
    { share: 0.06, least: 1, most: 4 * KIB },
    { share: 0.15, least: 4 * KIB, most: MIB },
    { share: 0.5, least: MIB, most: 6 * MIB },
    { share: 0.25, least: 6 * MIB, most: 32 * MIB },
  ];

/** What is moved in one cycle: a file, or a folder of files. */
export interface Payload {
  /** Its name in the folder that it is in. */
  readonly name: string;
  readonly isFolder: boolean;
  /** The SHA-256 of each file in hex, by its path from that folder, with `/`. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Bytes in all. */
  readonly bytes: number;
}

/** What payloads are to be like. */
export interface PayloadWishes {
  /** How often it is a folder. Default: 0.15. */
  readonly folders?: number;
  /** The least size of a file, where it is no folder. Default: 0. */
  readonly leastBytes?: number;
  /** No file is larger. Default: 32 MiB. */
  readonly mostBytes?: number;
  /** Whether it can be compressed. Default: `false`. */
  readonly compressible?: boolean;
}

/** Makes content by the seed. */
export class PayloadMaker {
  readonly #pool: Uint8Array<ArrayBuffer>;

  /** @param seed any text */
  constructor(seed: string) {
    this.#pool = new Prng(seed).fill(new Uint8Array(POOL_BYTES));
  }

  /** Writes a new payload into a folder of this machine. */
  write(folder: string, prng: Prng, wishes: PayloadWishes = {}): Payload {
    const name = `${prng.pick(["file", "image", "relatório"])}-${prng.below(1_000_000)}`;
    const isFolder = prng.chance(wishes.folders ?? 0.15);
    const sizes = isFolder ? folderSizes(name, prng) : new Map([[name, fileSize(prng, wishes)]]);
    const hashes = new Map<string, string>();
    let bytes = 0;
    for (const [path, size] of sizes) {
      hashes.set(path, this.writeFile(join(folder, path), size, prng, wishes.compressible));
      bytes += size;
    }
    return { name, isFolder, hashes, bytes };
  }

  /** Writes a file of that size, and returns its SHA-256 in hex. */
  writeFile(path: string, size: number, prng: Prng, compressible = false): string {
    const from = prng.below(POOL_BYTES - size);
    const part = this.#pool.subarray(from, from + size);
    const content = compressible ? part.map((byte) => byte & 15) : part;
    Deno.mkdirSync(dirname(path), { recursive: true });
    Deno.writeFileSync(path, content);
    return sha256Of(content);
  }
}

function folderSizes(name: string, prng: Prng): Map<string, number> {
  const sizes = new Map<string, number>();
  for (let i = prng.between(1, 40); i > 0; i--) {
    const folder = prng.pick(["", "a/", "a/b/", "c c/"]);
    const most = prng.chance(0.05) ? 3 * MIB : prng.pick([0, 2 * KIB, 60 * KIB, 300 * KIB]);
    sizes.set(`${name}/${folder}${i}.bin`, prng.between(0, most));
  }
  return sizes;
}

function fileSize(prng: Prng, { leastBytes = 0, mostBytes = 32 * MIB }: PayloadWishes): number {
  let rest = prng.below(1000) / 1000;
  const kind = SIZES.find(({ share }) => (rest -= share) < 0) ?? SIZES[0]!;
  const size = prng.between(kind.least, kind.most);
  return Math.min(Math.max(size, leastBytes), mostBytes);
}
