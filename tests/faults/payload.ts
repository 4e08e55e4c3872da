import { dirname, join } from "@std/path";
import { sha256Of } from "../helpers/bytes.ts";
import { Prng } from "../helpers/prng.ts";

const KIB = 1024;
const MIB = 1024 * KIB;
const POOL_BYTES = 48 * MIB;

/** Ranges of file sizes, with their shares. */
const SIZES: readonly { readonly share: number; readonly min: number; readonly max: number }[] = [
  { share: 0.04, min: 0, max: 0 },
  { share: 0.06, min: 1, max: 4 * KIB },
  { share: 0.15, min: 4 * KIB, max: MIB },
  { share: 0.5, min: MIB, max: 6 * MIB },
  { share: 0.25, min: 6 * MIB, max: 32 * MIB },
];

/** The file or folder that one cycle transfers. */
export interface Payload {
  /** Name of the file or folder. */
  readonly name: string;
  readonly isFolder: boolean;
  /** The SHA-256 of each file in hex, by its path, which begins with `name`, with `/`. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Total of bytes. */
  readonly bytes: number;
}

/** Options of a payload. */
export interface PayloadOptions {
  /** Share of folders. Default: 0.15. */
  readonly folders?: number;
  /** Minimum size of a single file. Default: 0. */
  readonly minBytes?: number;
  /** Maximum size of a single file. Default: 32 MiB. */
  readonly maxBytes?: number;
  /** Whether the content is compressible. Default: `false`. */
  readonly compressible?: boolean;
}

/** Generates content from the seed. */
export class PayloadMaker {
  readonly #pool: Uint8Array<ArrayBuffer>;

  /** @param seed any text */
  constructor(seed: string) {
    this.#pool = new Prng(seed).bytes(POOL_BYTES);
  }

  /** Writes a new payload into a folder. */
  write(folder: string, prng: Prng, options: PayloadOptions = {}): Payload {
    const name = `${prng.pick(["file", "image", "relatório"])}-${prng.below(1_000_000)}`;
    const isFolder = prng.chance(options.folders ?? 0.15);
    const sizes = isFolder ? folderSizes(name, prng) : new Map([[name, fileSize(prng, options)]]);
    const hashes = new Map<string, string>();
    let bytes = 0;
    for (const [path, size] of sizes) {
      hashes.set(path, this.writeFile(join(folder, path), size, prng, options.compressible));
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
    const maxSize = prng.chance(0.05) ? 3 * MIB : prng.pick([0, 2 * KIB, 60 * KIB, 300 * KIB]);
    sizes.set(`${name}/${folder}${i}.bin`, prng.between(0, maxSize));
  }
  return sizes;
}

function fileSize(prng: Prng, { minBytes = 0, maxBytes = 32 * MIB }: PayloadOptions): number {
  let rest = prng.below(1000) / 1000;
  const range = SIZES.find(({ share }) => (rest -= share) < 0) ?? SIZES[0]!;
  const size = prng.between(range.min, range.max);
  return Math.min(Math.max(size, minBytes), maxBytes);
}
