import { assertEquals, assertNotEquals } from "@std/assert";
import { linkClaim } from "../../lib/files/link_claims.ts";
import { TempDir } from "../helpers/temp_dir.ts";

Deno.test("linkClaim: is the same each time, and another one for each link", () => {
  using folder = new TempDir();
  const claims = folder.join("state", "claims");
  const claim = linkClaim(claims, "aaaaaaaa");
  assertEquals(linkClaim(claims, "aaaaaaaa"), claim);
  assertNotEquals(linkClaim(claims, "bbbbbbbb"), claim);
  const names = folder.list("state/claims").filter((name) => !name.startsWith("."));
  assertEquals(names, ["aaaaaaaa", "bbbbbbbb"]);
});

Deno.test("linkClaim: takes the place of an empty file, which a full disk has left", () => {
  using folder = new TempDir();
  folder.write("state/claims/aaaaaaaa", "");
  const claims = folder.join("state", "claims");
  assertEquals(linkClaim(claims, "aaaaaaaa"), linkClaim(claims, "aaaaaaaa"));
});

Deno.test("linkClaim: tells where it is not kept", () => {
  using folder = new TempDir();
  folder.write("file", "x");
  const told: string[] = [];
  const claims = folder.join("file", "claims");
  const claim = linkClaim(claims, "aaaaaaaa", (error) => told.push(error.path));
  assertEquals([claim.length, told], [22, [folder.join("file", "claims", "aaaaaaaa")]]);
});
