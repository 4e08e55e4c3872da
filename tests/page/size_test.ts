import { assert } from "@std/assert";
import { ASSETS } from "../../lib/web/assets.ts";

/** What a browser may have to load before the page is usable, compressed, in bytes. */
const LIMIT = 60_000;

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

async function compressedSize(path: string): Promise<number> {
  const text = ASSETS[path]?.text ?? "";
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

Deno.test("ASSETS: what shows the page is small", async () => {
  const paths = ["/", "/style.css", "/icons.svg", ...loadedWith("/app.js")];
  assert(paths.length > 4 && paths.every((path) => path in ASSETS), paths.join(" "));
  const sizes = await Promise.all(paths.map(compressedSize));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert(total <= LIMIT, `${total}: ${paths.map((path, i) => `${path} ${sizes[i]}`).join(", ")}`);
});
