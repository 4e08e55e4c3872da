/// <reference lib="dom" />
import { assertEquals } from "@std/assert";
import { formatRoute, nameFiles, parseRoute, type Route } from "../../lib/page/view/route.ts";

Deno.test("parseRoute, formatRoute: are each other's reverse", () => {
  const routes: readonly Route[] = [
    { view: "talk", name: "" },
    { view: "talk", name: "lobby" },
    { view: "talk", name: "@ana" },
    { view: "transfers", name: "" },
    { view: "files", name: "" },
    { view: "files", name: "a b/ä#?%/مجلد" },
  ];
  for (const route of routes) assertEquals(parseRoute(formatRoute(route)), route);
  assertEquals(formatRoute({ view: "files", name: "a b/c" }), "#/files/a%20b/c");
});

Deno.test("nameFiles: keeps the link in the address while its folders are opened", () => {
  nameFiles("get/k7f3q2mx.JZ5WQ0tB3mXr7yA1_-0a");
  try {
    const place = formatRoute({ view: "files", name: "docs/files" });
    assertEquals(place, "#/get/k7f3q2mx.JZ5WQ0tB3mXr7yA1_-0a/docs/files");
    assertEquals(parseRoute(place), { view: "files", name: "docs/files" });
  } finally {
    nameFiles("files");
  }
});

Deno.test("parseRoute: takes the talk for what it does not know, and typed paths as they are", () => {
  assertEquals(parseRoute(""), { view: "talk", name: "" });
  assertEquals(parseRoute("#/nowhere/x"), { view: "talk", name: "x" });
  assertEquals(parseRoute("#/files//a//b/"), { view: "files", name: "a/b" });
  assertEquals(parseRoute("#/files/100%"), { view: "files", name: "100%" });
});
