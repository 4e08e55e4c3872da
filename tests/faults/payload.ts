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
  { share: 0.15, min: 6 * MIB, max: 32 * MIB },
  { share: 0.1, min: 32 * MIB, max: 40 * MIB }, // Hashed in a thread of their own
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
  /** Maximum size of a single file. Default: 40 MiB. */
  readonly maxBytes?: number;
  /** Whether the content is compressible. Default: `false`. */
  readonly compressible?: boolean;
}

/** Generates content from the seed. */
export class PayloadMaker {
  readonly #pool: Uint8Array<ArrayBuffer>;
  readonly #small: boolean;

  /**
   * @param seed any text
   * @param small whether folders, unless there are to be none, are of many small files, which are moved in batches
   */
  constructor(seed: string, small = false) {
    this.#pool = new Prng(seed).bytes(POOL_BYTES);
    this.#small = small;
  }

  /** Writes a new payload into a folder. */
  write(folder: string, prng: Prng, options: PayloadOptions = {}): Payload {
    const name = `${prng.pick(["file", "image", "relatório"])}-${prng.below(1_000_000)}`;
    const { folders = this.#small ? 1 : 0.15 } = options;
    const isFolder = prng.chance(this.#small && folders > 0 ? 1 : folders);
    const makeSizes = this.#small ? smallSizes : folderSizes;
    const sizes = isFolder ? makeSizes(name, prng) : new Map([[name, fileSize(prng, options)]]);
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

/** More files and bytes than fit into a batch, in most folders. */
function smallSizes(name: string, prng: Prng): Map<string, number> {
  const sizes = new Map<string, number>();
  const maxSize = prng.pick([0, 2 * KIB, 8 * KIB, 60 * KIB, 70 * KIB]);
  for (let i = prng.between(2, 600); i > 0; i--) {
    const folder = prng.pick(["", "a/", "a/b/", "c c/"]);
    sizes.set(`${name}/${folder}${i}.bin`, prng.between(0, maxSize));
  }
  return sizes;
}

function fileSize(prng: Prng, { minBytes = 0, maxBytes = 40 * MIB }: PayloadOptions): number {
  let rest = prng.below(1000) / 1000;
  const range = SIZES.find(({ share }) => (rest -= share) < 0) ?? SIZES[0]!;
  const size = prng.between(range.min, range.max);
  return Math.min(Math.max(size, minBytes), maxBytes);
}
