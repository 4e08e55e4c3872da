import { assertEquals } from "@std/assert";
import fc from "fast-check";
import stringWidth from "string-width";
import type { FoundTrust } from "../../lib/client/found_trust.ts";
import { inOrder, type RatedServer, serverLines } from "../../lib/cli/view/server_list.ts";
import { makeLocale } from "../../lib/cli/texts/locale.ts";
import { LIMITS } from "../../lib/protocol/limits.ts";
import { isClean } from "../../lib/protocol/text.ts";

const KEY = "9c4177d0".repeat(8);

function rated(
  trust: FoundTrust,
  change: Partial<RatedServer["server"]> = {},
): RatedServer {
  const tls = trust.kind !== "none";
  const fingerprint = tls ? KEY : null;
  const server = { name: "casa", address: "192.168.0.10", port: 5555, login: false, ms: 1 };
  return { server: { ...server, tls, fingerprint, ...change }, trust };
}

function lines(servers: RatedServer[], language: "en" | "pt-BR" = "en"): string[] {
  return serverLines(servers, makeLocale(language), stringWidth);
}

Deno.test("serverLines: shows names, addresses and trust in columns", () => {
  const servers = [
    rated({ kind: "known" }),
    rated({ kind: "none" }, { name: "lab-3", address: "192.168.0.23" }),
    rated({ kind: "new" }, { port: 6000, address: "192.168.0.40", login: true }),
    rated({ kind: "moved", from: "casa.local:5555" }, { name: "日本" }),
    rated({ kind: "changed" }),
  ];
  assertEquals(lines(servers), [
    "casa    192.168.0.10        TLS, known",
    "lab-3   192.168.0.23        not encrypted",
    "casa    192.168.0.40:6000   TLS, new: 9c4177d0…, login needed",
    "日本    192.168.0.10        TLS, known as casa.local:5555",
    "casa    192.168.0.10        NOT the key that is known for this address",
  ]);
  assertEquals(lines([rated({ kind: "none" })], "pt-BR"), [
    "casa   192.168.0.10   sem criptografia",
  ]);
});

Deno.test("serverLines: shows a name of 32 columns whole, and cuts one of 33", () => {
  const columns = LIMITS.foundNameColumns;
  const shown = (name: string) => lines([rated({ kind: "none" }, { name })])[0]!.split("   ")[0];
  assertEquals(shown("a".repeat(columns - 1)), "a".repeat(columns - 1));
  assertEquals(shown("a".repeat(columns)), "a".repeat(columns));
  assertEquals(shown("a".repeat(columns + 1)), `${"a".repeat(columns - 1)}…`);
  assertEquals(shown("日".repeat(17)), `${"日".repeat(15)}…`);
});

Deno.test("serverLines: shows the address of a server without a name", () => {
  assertEquals(lines([rated({ kind: "none" }, { name: " " })])[0]!.split("   ")[0], "192.168.0.10");
});

Deno.test("serverLines: are clean, whatever a server calls itself", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => {
    const [line = ""] = serverLines(
      [rated({ kind: "none" }, { name })],
      makeLocale("en"),
      stringWidth,
    );
    assertEquals(isClean(line), true);
  }));
});

Deno.test("inOrder: puts those with a known key first, and those with another one last", () => {
  const kinds = (servers: RatedServer[]) => inOrder(servers).map(({ trust }) => trust.kind);
  const moved = rated({ kind: "moved", from: "x:1" });
  assertEquals(
    kinds([
      rated({ kind: "changed" }),
      rated({ kind: "none" }),
      rated({ kind: "new" }),
      moved,
      rated({ kind: "known" }),
    ]),
    ["moved", "known", "none", "new", "changed"],
  );
});
