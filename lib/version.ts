/** The version of this program, the same as in `deno.json`. */
export const VERSION = "0.1.0";

/** The name and version of this program, as HELO carries them. */
export const AGENT = `tcp-chat/${VERSION}`;
