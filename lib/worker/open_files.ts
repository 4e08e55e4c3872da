import type { PartFile } from "../files/part_file.ts";

/** Runs work on a part, which an error ends. */
export function orGiveUp<T>(file: PartFile, work: () => T): T {
  try {
    return work();
  } catch (error) {
    file.giveUp();
    throw error;
  }
}

/** @throws if the job that opens the file failed */
export function requireOpen<T>(file: T | null): T {
  if (file === null) throw new Error("Cannot do the job: the one that opens the file failed");
  return file;
}
