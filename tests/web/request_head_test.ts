import { assertEquals, assertThrows } from "@std/assert";
import { HttpFailure } from "../../lib/web/http_failure.ts";
import { parseRequestHead, wantsKeepAlive } from "../../lib/web/request_head.ts";

function statusOf(text: string): number {
  return assertThrows(() => parseRequestHead(text), HttpFailure).status;
}

Deno.test("parseRequestHead: takes method, path, query and headers apart", () => {
  const text = "GET /files/a%20b?json&x=?y HTTP/1.1\r\nHost: a:1\r\nX-List: a\r\nx-list:  b \t";
  const { headers, ...head } = parseRequestHead(text);
  assertEquals(head, {
    method: "GET",
    path: "/files/a%20b",
    query: "json&x=?y",
    isHttp11: true,
    hasBody: false,
  });
  assertEquals([...headers], [["host", "a:1"], ["x-list", "a, b"]]);
});

Deno.test("parseRequestHead: takes the host of a target in absolute form, whatever Host says", () => {
  const targets: readonly (readonly [target: string, host: string, path: string, query: string])[] =
    [
      ["http://a:1/b?c", "a:1", "/b", "c"],
      ["HTTPS://[::1]/b//c", "[::1]", "/b//c", ""],
      ["http://a", "a", "/", ""],
      ["http://a?b", "a", "/", "b"],
      ["http://user@a/", "user@a", "/", ""],
      ["//a/b", "other", "//a/b", ""],
    ];
  for (const [target, host, path, query] of targets) {
    for (const version of ["1.1", "1.0"]) {
      const head = parseRequestHead(`GET ${target} HTTP/${version}\r\nHost: other`);
      assertEquals([head.headers.get("host"), head.path, head.query], [host, path, query], target);
    }
  }
});

Deno.test("parseRequestHead: HTTP/1.0 needs no Host", () => {
  assertEquals(parseRequestHead("GET / HTTP/1.0").isHttp11, false);
});

Deno.test("parseRequestHead: refuses what is malformed", () => {
  const heads: readonly (readonly [string, number])[] = [
    ["GET / HTTP/1.1", 400], // No Host
    ["GET / HTTP/1.1\r\nHost: a\r\nhost: a", 400],
    ["GET / HTTP/1.1\nHost: a", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\n folded", 400],
    ["GET / HTTP/1.1\r\nHost : a", 400],
    ["GET / HTTP/1.1\r\nHost: a\rX: b", 400],
    ["GET / HTTP/1.1\r\nHost: a\x00", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\nno colon", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\n: empty", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-\r\nRange: bytes=1-", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1", 400],
    ["GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1", 400],
    ["GET  / HTTP/1.1\r\nHost: a", 400],
    ["GET /a b HTTP/1.1\r\nHost: a", 400],
    ["GET /\x7f HTTP/1.1\r\nHost: a", 400],
    ["GET /é HTTP/1.1\r\nHost: a", 400],
    ["GET http://a/ HTTP/1.1", 400], // No Host, though it would not count
    ["GET http:/// HTTP/1.1\r\nHost: a", 400],
    ["GET ftp://a/ HTTP/1.1\r\nHost: a", 400],
    ["GET a HTTP/1.1\r\nHost: a", 400],
    ["CONNECT a:1 HTTP/1.1\r\nHost: a:1", 400],
    ["get / HTTP/1.1\r\nHost: a", 400],
    ["GET / http/1.1\r\nHost: a", 400],
    ["GET / HTTP/1.2\r\nHost: a", 400],
    ["GET /", 400],
    ["PRI * HTTP/2.0", 505],
    ["GET / HTTP/3\r\nHost: a", 505],
  ];
  for (const [text, status] of heads) assertEquals(statusOf(text), status, text);
});

Deno.test("parseRequestHead: tells that a body follows", () => {
  const withHeader = (header: string) => parseRequestHead(`GET / HTTP/1.1\r\nHost: a\r\n${header}`);
  assertEquals(withHeader("Content-Length: 0").hasBody, false);
  assertEquals(withHeader("Content-Length: 1").hasBody, true);
  assertEquals(withHeader("Transfer-Encoding: chunked").hasBody, true);
});

Deno.test("wantsKeepAlive: by the version, and by Connection", () => {
  const of = (version: string, connection: string) =>
    wantsKeepAlive(parseRequestHead(`GET / ${version}\r\nHost: a\r\nConnection: ${connection}`));
  assertEquals(of("HTTP/1.1", ""), true);
  assertEquals(of("HTTP/1.1", "TE, Close"), false);
  assertEquals(of("HTTP/1.0", ""), false);
  assertEquals(of("HTTP/1.0", "Keep-Alive"), true);
});
