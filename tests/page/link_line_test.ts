import { assertEquals } from "@std/assert";
import { linkLine, linkUrl } from "../../lib/page/view/link_line.ts";
import { parseTarget } from "../../lib/stream/target.ts";

const KEY = { kind: "get", id: "k7f3q2mx", secret: "JZ5WQ0tB3mXr7yA1_-0a" } as const;
const FINGERPRINT = "ab".repeat(32);

Deno.test("linkLine: has an address that the client reads, whatever the path and the server are", () => {
  const cases = [
    ["http://192.168.0.10:5555", "a'b/ü % #?&+.txt", null],
    ["http://casa.local", "", null],
    ["https://[fd00::1]:6001", "docs", FINGERPRINT],
    ["https://casa.lan", "docs", FINGERPRINT],
  ] as const;
  const ports = [5555, 80, 6001, 443];
  for (const [at, [url, path, fingerprint]] of cases.entries()) {
    const line = linkLine({ ...KEY, path }, url, fingerprint);
    const [, address = ""] = /^tcp-chat get '([^']*)'$/.exec(line) ?? [];
    const target = parseTarget(address);
    assertEquals(target.link, { id: KEY.id, secret: KEY.secret });
    assertEquals([target.path ?? "", target.port, target.fingerprint], [
      path,
      ports[at],
      fingerprint,
    ]);
    assertEquals(target.tls, fingerprint !== null);
  }
});

Deno.test("linkLine: sends by a link that takes files", () => {
  const line = linkLine({ ...KEY, kind: "put", path: "inbox" }, "http://192.168.0.10:5555", null);
  assertEquals(
    line,
    "tcp-chat put 'tcp-chat://192.168.0.10:5555/inbox?link=k7f3q2mx.JZ5WQ0tB3mXr7yA1_-0a'",
  );
});

Deno.test("linkUrl: takes the address of the server and not that of a proxy", () => {
  const urls = ["https://chat.example.org", "http://192.168.0.10:5555"];
  assertEquals(linkUrl(urls, null), "http://192.168.0.10:5555");
  assertEquals(linkUrl(urls, FINGERPRINT), "https://chat.example.org");
  assertEquals(linkUrl([], null), undefined);
});
