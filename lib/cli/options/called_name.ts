import { basename } from "../../files/path.ts";

/**
 * The name by which an executable was called: that of the link, where a link leads to it. `null` for
 * a program that Deno runs from its source.
 */
export async function calledName(): Promise<string | null> {
  if (!Deno.build.standalone) return null;
  const { default: { argv0 } } = await import("node:process");
  return basename(argv0).replace(/\.exe$/i, "");
}
