import config from "../deno.json" with { type: "json" };

/** The version of this program, as in `deno.json`. */
export const VERSION: string = config.version;

/** What this program calls itself in HELO. */
export const AGENT = `tcp-chat/${VERSION}`;
