import { basename as posixBasename } from "@std/path/posix/basename.js";
import { SEPARATOR as posixSeparator } from "@std/path/posix/constants.js";
import { dirname as posixDirname } from "@std/path/posix/dirname.js";
import { isAbsolute as posixIsAbsolute } from "@std/path/posix/is_absolute.js";
import { join as posixJoin } from "@std/path/posix/join.js";
import { relative as posixRelative } from "@std/path/posix/relative.js";
import { resolve as posixResolve } from "@std/path/posix/resolve.js";
import { basename as windowsBasename } from "@std/path/windows/basename.js";
import { SEPARATOR as windowsSeparator } from "@std/path/windows/constants.js";
import { dirname as windowsDirname } from "@std/path/windows/dirname.js";
import { isAbsolute as windowsIsAbsolute } from "@std/path/windows/is_absolute.js";
import { join as windowsJoin } from "@std/path/windows/join.js";
import { relative as windowsRelative } from "@std/path/windows/relative.js";
import { resolve as windowsResolve } from "@std/path/windows/resolve.js";

// The functions of `@std/path`, which itself asks the `process` of Node for the system: to load that takes as long as
// all code of a command of the client.

const isWindows = Deno.build.os === "windows";
const resolvePath = isWindows ? windowsResolve : posixResolve;
const relativePath = isWindows ? windowsRelative : posixRelative;

/** What stands between the names of a path. */
export const SEPARATOR = isWindows ? windowsSeparator : posixSeparator;
/** The last name of a path. */
export const basename = isWindows ? windowsBasename : posixBasename;
/** A path without its last name. */
export const dirname = isWindows ? windowsDirname : posixDirname;
/** Whether a path begins at the root of a file system. */
export const isAbsolute = isWindows ? windowsIsAbsolute : posixIsAbsolute;
/** One path of several parts, in normal form. */
export const join = isWindows ? windowsJoin : posixJoin;

/** The absolute path of several parts, of which the last absolute one is the first that counts. */
export function resolve(...parts: string[]): string {
  const isWhole = !isWindows && parts.some(isAbsolute); // There, `\\x` is on the drive of the current folder
  return isWhole ? resolvePath(...parts) : resolvePath(Deno.cwd(), ...parts);
}

/** The path that leads from one absolute path to another. */
export function relative(from: string, to: string): string {
  return relativePath(from, to);
}
