import { assertEquals, assertThrows } from "@std/assert";
import { resolve } from "../../lib/files/path.ts";

Deno.test("resolve: asks for the current folder only where it matters", {
  ignore: Deno.build.os === "windows", // There, an absolute path may be on the drive of the current folder
}, () => {
  const { cwd } = Deno;
  Deno.cwd = () => {
    throw new Error("asked");
  };
  try {
    assertEquals(resolve("/a/./b/../c"), "/a/c");
    assertEquals(resolve("a", "/b", "c"), "/b/c");
    assertThrows(() => resolve("a"), Error, "asked");
  } finally {
    Deno.cwd = cwd;
  }
});

Deno.test("resolve: begins at the current folder", () => {
  assertEquals(resolve("lib"), resolve(Deno.cwd(), "lib"));
});
