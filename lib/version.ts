import config from "../deno.json" with { type: "json" };

/** The version of this program, as in `deno.json`. */
export const VERSION: string = config.version;

/** The name and version of this program, as HELO carries them. */
export const AGENT = `tcp-chat/${VERSION}`;
