import { toWindowsName } from "../protocol/path.ts";

/**
 * The path under which this system stores a path of the server, with `/`. On Windows, names that it
 * cannot store are changed: see `toWindowsName`. Two paths may become the same.
 *
 * @param path as returned by `checkPath`
 */
export function toLocalPath(path: string, system: string = Deno.build.os): string {
  return system === "windows" ? path.split("/").map(toWindowsName).join("/") : path;
}
