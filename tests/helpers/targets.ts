import { join } from "@std/path";
import type { CommitResult, FileDetails, FileTarget } from "../../lib/files/part_file.ts";
import { partName, type PartPlace } from "../../lib/files/part_names.ts";

/** A target for a download of "a.bin" into a folder, without a kept part. */
export function targetIn(directory: string, overrides: Partial<FileTarget> = {}): FileTarget {
  const target = { directory, name: "a.bin", ...overrides };
  return {
    partBase: target.directory,
    partName: partName(target.name),
    earlierPath: join(target.directory, partName(target.name)),
    root: null,
    ifTaken: "number",
    keepBytes: 0,
    staysOnError: true,
    ...target,
  };
}

/** The place of the part of a file in a folder. */
export function partIn(directory: string, name = "a.bin.part"): PartPlace {
  return { partBase: directory, partName: name };
}

/** The path of a part. */
export function partPathOf({ partBase, partName }: PartPlace): string {
  return join(partBase, ".tcp-chat", partName);
}

/** The details of a file that arrives whole. */
export function detailsOf(
  content: Uint8Array,
  overrides: Partial<FileDetails> = {},
): FileDetails {
  return { sizeBytes: content.length, offset: 0, modifiedMs: null, version: null, ...overrides };
}

/** The path of a committed file, or the reason why it was not committed. */
export function pathOf(result: CommitResult | null): string | null {
  return result === null || typeof result === "string" ? result : result.path;
}
