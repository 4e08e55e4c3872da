import { abortable } from "@std/async/abortable";
import { join } from "../../files/path.ts";
import { writeOutBytes } from "../view/output.ts";

/** Writes the one file in a folder, which is verified, to standard output. @throws the reason of the signal */
export async function copyToStdout(directory: string, signal: AbortSignal): Promise<void> {
  for await (const { name } of Deno.readDir(directory)) {
    using file = await Deno.open(join(directory, name));
    const buffer = new Uint8Array(256 * 1024);
    for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
      await abortable(writeOutBytes(buffer.subarray(0, count)), signal);
    }
  }
}
