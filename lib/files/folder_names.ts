import type { OmissionReason } from "../protocol/answers.ts";
import { isPrivateName } from "../protocol/path.ts";
import { asRequestError } from "./disk_error.ts";

/** A name in a folder, or why it is left out. */
export interface FoundName {
  readonly name: string;
  readonly reason: OmissionReason | null;
}

/** Many names in a form that costs the receiving isolate little. */
export interface PackedNames {
  /** Separated by NUL, which no name holds. */
  readonly names: string;
  readonly reasons: readonly (readonly [index: number, reason: OmissionReason])[];
}

/** Reads the names in a folder, sorted by their NFC, from a name on, without the programs' own. */
export type NameReader = (realPath: string, first: string | null) => Promise<PackedNames>;

/**
 * Reads as {@link NameReader}. Synchronous, for use in a worker: a folder may have 100,000 entries.
 *
 * @throws {RequestError} if the folder cannot be read
 */
export function readNames(realPath: string, first: string | null): PackedNames {
  const names: string[] = [];
  try {
    for (const { name } of Deno.readDirSync(realPath)) {
      if (isPrivateName(name)) continue;
      if (first === null || name.normalize("NFC") >= first) names.push(name);
    }
  } catch (error) {
    throw asRequestError(error);
  }
  return pack(sortNames(names));
}

/** Undoes the packing. */
export function unpackNames({ names, reasons }: PackedNames): FoundName[] {
  if (names === "") return [];
  const reasonOf = new Map(reasons);
  return names.split("\0").map((name, i) => ({ name, reason: reasonOf.get(i) ?? null }));
}

function pack(found: readonly FoundName[]): PackedNames {
  return {
    names: found.map(({ name }) => name).join("\0"),
    reasons: found.flatMap(({ reason }, i) => reason === null ? [] : [[i, reason] as const]),
  };
}

/** Sorts names by their NFC. Of two spellings of a name, requests find the one in NFC. */
function sortNames(names: readonly string[]): FoundName[] {
  const spellings = Map.groupBy(names, (name) => name.normalize("NFC"));
  const sorted = [...spellings].sort(([a], [b]) => compare(a, b));
  return sorted.flatMap(([normal, [first = normal, ...others]]) => {
    const found = others.includes(normal) ? normal : first;
    const hidden = [first, ...others].filter((name) => name !== found);
    const notUtf8 = others.length - hidden.length;
    return [
      { name: found, reason: null },
      ...hidden.map((name) => ({ name, reason: "same-name" as const })),
      ...Array.from({ length: notUtf8 }, () => ({ name: found, reason: "unicode" as const })),
    ];
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
