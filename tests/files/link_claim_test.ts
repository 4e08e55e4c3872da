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

Deno.test("linkClaim: is the same for two processes at once, also without hard links", () => {
  using folder = new TempDir();
  const claims = folder.join("state", "claims");
  const real = { ...Deno };
  let other: string | null = null;
  /** Another process makes its claim just before this one. */
  const before = (path: string | URL) => {
    if (other !== null || path !== folder.join("state", "claims", "aaaaaaaa")) return;
    other = "";
    other = linkClaim(claims, "aaaaaaaa");
  };
  const stubs: Partial<typeof Deno> = {
    linkSync: () => {
      throw new Deno.errors.NotSupported();
    },
    renameSync: (from, to) => (before(to), real.renameSync(from, to)),
    writeTextFileSync: (path, ...rest) => (before(path), real.writeTextFileSync(path, ...rest)),
  };
  Object.assign(Deno, stubs);
  try {
    assertEquals(linkClaim(claims, "aaaaaaaa"), other ?? "none");
  } finally {
    const { linkSync, renameSync, writeTextFileSync } = real;
    Object.assign(Deno, { linkSync, renameSync, writeTextFileSync });
  }
});
