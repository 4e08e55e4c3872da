import { assert, assertEquals } from "@std/assert";
import { ASSETS } from "../lib/web/assets.ts";
import { ASSETS_FILE, buildAssets, formatAssets } from "../scripts/build_page.ts";
import { sha256Of } from "./helpers/bytes.ts";

Deno.test("lib/web/assets.ts: is what `deno task page` builds", async () => {
  const isSame = formatAssets(await buildAssets()) === await Deno.readTextFile(ASSETS_FILE);
  assert(isSame, "The page has changed: run `deno task page`, and commit lib/web/assets.ts");
});

Deno.test("lib/web/assets.ts: has the page, its scripts and its licences, with their hashes", () => {
  for (const path of ["/", "/app.js", "/mover.js", "/style.css", "/icons.svg", "/licenses.txt"]) {
    assert(path in ASSETS, path);
  }
  for (const [path, { sha256, text }] of Object.entries(ASSETS)) {
    assertEquals(sha256, sha256Of(new TextEncoder().encode(text)), path);
  }
});

Deno.test("lib/web/assets.ts: the page loads at once what its script imports", () => {
  const imported = [...ASSETS["/app.js"]?.text.matchAll(/\bfrom"\.(\/[^"]+)"/g) ?? []];
  assert(imported.length > 0);
  for (const [, path] of imported) {
    assert(ASSETS["/"]?.text.includes(`<link rel="modulepreload" href="${path}">`), path);
  }
});

Deno.test("lib/web/assets.ts: has no `using`, which not every browser can read", () => {
  for (const [path, { type, text }] of Object.entries(ASSETS)) {
    if (type.startsWith("text/javascript")) assert(!/\busing [\w$]+=/.test(text), path);
  }
});

Deno.test("lib/web/assets.ts: tells the licence of each package in the page", () => {
  const text = ASSETS["/licenses.txt"]?.text ?? "";
  assert(text.startsWith("tcp-chat\n\nMIT License"), text.slice(0, 60));
  assert(/^preact [\d.]+\n\nThe MIT License/m.test(text));
  for (const name of ["hash-wasm", "@noble/hashes"]) assert(text.includes(`\n${name} `), name);
  assert(!/node_modules|\/root\/|\.cache/.test(text));
});
