import { assertEquals, assertStringIncludes } from "@std/assert";
import { redirectToTls } from "../../lib/web/early_answers.ts";

function redirect(text: string): string | null {
  const bytes = redirectToTls(new TextEncoder().encode(text));
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

Deno.test("redirectToTls: sends a browser to https, for now", () => {
  const answer = redirect("GET /a%20b?c=d HTTP/1.1\r\nUser-Agent: x\r\nHost: Casa:5555\r\n\r\n")!;
  assertStringIncludes(answer, "HTTP/1.1 307 ");
  assertStringIncludes(answer, "\r\nlocation: https://casa:5555/a%20b?c=d\r\n");
  const absolute = redirect("GET http://casa:5555/a?b HTTP/1.1\r\nHost: other\r\n\r\n")!;
  assertStringIncludes(absolute, "\r\nlocation: https://casa:5555/a?b\r\n");
});

Deno.test("redirectToTls: lets no header in, and guesses no host", () => {
  const heads = [
    "GET / HTTP/1.1\r\nHost: a\x00b\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "GET / HTTP/1.1\r\nX: y\r\n\r\n",
    "GET http://a@b/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a\nSet-Cookie: b HTTP/1.1\r\nHost: a\r\n\r\n",
  ];
  for (const head of heads) {
    const answer = redirect(head)!;
    assertStringIncludes(answer, "HTTP/1.1 400 ");
    assertEquals(answer.includes("location"), false);
  }
});

Deno.test("redirectToTls: leaves everything but HTTP alone", () => {
  for (const text of ["", "GE", "GETX /", "\0\0\0\0\0\0\0\x05CHATolá", "get / HTTP/1.1"]) {
    assertEquals(redirect(text), null, text);
  }
});
