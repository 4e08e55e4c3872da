import { assert } from "@std/assert";
import { ASSETS } from "../../lib/web/assets.ts";
import type { Host } from "../../lib/web/host_guard.ts";
import { pageFileAnswer } from "../../lib/web/page_files.ts";
import type { RequestHead } from "../../lib/web/request_head.ts";

/** What a browser may have to load before the page is usable, compressed, in bytes. */
const LIMIT = 60_000;
/** As much of it as `config.json` may have, which depends on the server. */
const CONFIG_BYTES = 400;

/** A script and all that it imports at once; what it loads later is not counted. */
function loadedWith(path: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  const { text = "" } = ASSETS[path] ?? {};
  for (const [, name] of text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+)"/g)) {
    loadedWith(`/${name}`, loaded);
  }
  return loaded;
}

/** The bytes of a file of the page, as the server sends it. */
async function sentSize(path: string): Promise<number> {
  const headers = new Map([["accept-encoding", "gzip"]]);
  const head = { path, headers } as unknown as RequestHead;
  const { length } = await pageFileAnswer(head, { text: "localhost" } as Host, []);
  assert(length !== null);
  return length;
}

Deno.test("ASSETS: what shows the page is small", async () => {
  const paths = ["/", "/style.css", "/icons.svg", ...loadedWith("/app.js")];
  assert(paths.length > 3 && paths.every((path) => path in ASSETS), paths.join(" "));
  const sizes = await Promise.all(paths.map(sentSize));
  const total = sizes.reduce((sum, size) => sum + size, CONFIG_BYTES);
  assert(total <= LIMIT, `${total}: ${paths.map((path, i) => `${path} ${sizes[i]}`).join(", ")}`);
});
