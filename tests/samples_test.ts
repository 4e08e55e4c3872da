import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { makeLargeBinary, makeMediumText, makeSmallText } from "../scripts/make_samples.ts";
import { sha256Of } from "./helpers/bytes.ts";

const SAMPLES: Record<string, () => Uint8Array> = {
  "teste_pequeno.txt": makeSmallText,
  "arquivo_medio.txt": makeMediumText,
  "arquivo_grande.bin": makeLargeBinary,
};
const ROOT = new URL("../", import.meta.url);

for (const [name, make] of Object.entries(SAMPLES)) {
  Deno.test(`samples: ${name} equals the output of the script`, () => {
    const file = Deno.readFileSync(new URL(`server_files/${name}`, ROOT));
    assertEquals(file.length, make().length);
    assertEquals(sha256Of(file), sha256Of(make()));
  });

  for (const page of ["docs/original-protocol.md", "docs/pt-BR/original-protocol.md"]) {
    Deno.test(`samples: ${page} has the SHA-256 of ${name}`, () => {
      const text = Deno.readTextFileSync(new URL(page, ROOT));
      assertStringIncludes(text, sha256Of(make()));
    });
  }
}

Deno.test("samples: there are no others", () => {
  const names = [...Deno.readDirSync(new URL("server_files", ROOT))].map(({ name }) => name);
  assertEquals(names.sort(), Object.keys(SAMPLES).sort());
});

Deno.test("samples: have the sizes of the contract", () => {
  assertEquals(makeLargeBinary().length, 15_000_000);
  assert(Math.abs(makeMediumText().length - 500_000) < 1_000);
  assert(makeSmallText().length < 1_000);
});

Deno.test("makeLargeBinary: compresses to less than 80 KB", async () => {
  const compressed = new Response(makeLargeBinary()).body!
    .pipeThrough(new CompressionStream("deflate"));
  const { byteLength } = await new Response(compressed).arrayBuffer();
  assert(byteLength < 80_000, `${byteLength} bytes`);
});

Deno.test("makeLargeBinary: has no two equal blocks of 4 KiB", () => {
  const bytes = makeLargeBinary();
  const hashes = new Set<string>();
  let blocks = 0;
  for (let offset = 0; offset < bytes.length; offset += 4096, blocks++) {
    hashes.add(sha256Of(bytes.subarray(offset, offset + 4096)));
  }
  assertEquals(hashes.size, blocks);
});
