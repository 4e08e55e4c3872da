import { checkPath } from "../../protocol/path.ts";

/**
 * The path of a folder as people type it: `/` and `.` are the root.
 *
 * @throws {RequestError} `bad-path`
 */
export function folderPath(text: string): string {
  const path = text.trim().replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
  return path === "" || path === "." ? "" : checkPath(path);
}
