import { sha256 } from "@noble/hashes/sha2.js";
import { createSHA256 } from "hash-wasm";

/** Hashes bytes as they come. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** The SHA-256 of all bytes, in hex. Ends the hasher. */
  digest(): string;
}

/** A SHA-256, in WebAssembly where the browser has it; else four times as slow. */
export async function startSha256(): Promise<Hasher> {
  try {
    const hasher = await createSHA256();
    return {
      update: (bytes) => void hasher.update(bytes),
      digest: () => hasher.digest("hex"),
    };
  } catch {
    const hasher = sha256.create();
    return { update: (bytes) => void hasher.update(bytes), digest: () => hasher.digest().toHex() };
  }
}
