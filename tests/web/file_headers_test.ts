import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { attachmentOf, digestOf, wantsDigest } from "../../lib/web/file_headers.ts";
import { encodeHead } from "../../lib/web/http_answer.ts";

Deno.test("attachmentOf: names a file for old and new programs", () => {
  assertEquals(
    attachmentOf("a b.txt"),
    `attachment; filename="a b.txt"; filename*=UTF-8''a%20b.txt`,
  );
  assertEquals(
    attachmentOf("olá.txt"),
    `attachment; filename="ol_.txt"; filename*=UTF-8''ol%C3%A1.txt`,
  );
  assertEquals(
    attachmentOf(`"it's (50%)\\*.html`),
    `attachment; filename="_it's (50_)_*.html"; filename*=UTF-8''%22it%27s%20%2850%25%29%5C%2A.html`,
  );
});

Deno.test("attachmentOf: no name ends its header, or its value", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 50 }), (name) => {
    if (!name.isWellFormed()) return;
    const value = attachmentOf(name);
    const [, ascii, exact] = /^attachment; filename="([\x20-\x7e]*)"; filename\*=UTF-8''(.*)$/s
      .exec(value)!;
    assertEquals(/["\\]/.test(ascii!), false);
    assertEquals(/^[A-Za-z0-9!#$&+.^_`|~%-]*$/.test(exact!), true, exact);
    assertEquals(decodeURIComponent(exact!), name);
    encodeHead(200, { "content-disposition": value });
  }));
});

Deno.test("digestOf: the hash in base64 between colons", () => {
  const sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  assertEquals(digestOf(sha256), "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:");
});

Deno.test("wantsDigest: a preference for SHA-256 other than 0", () => {
  for (const value of ["sha-256=1", "sha-512=3, sha-256=10", "SHA-256=5"]) {
    assertEquals(wantsDigest(value), true, value);
  }
  for (const value of [undefined, "", "sha-256=0", "sha-512=1", "sha-256", "sha-256=11"]) {
    assertEquals(wantsDigest(value), false, String(value));
  }
});
