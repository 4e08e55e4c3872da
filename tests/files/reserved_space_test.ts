import { assertEquals } from "@std/assert";
import { ReservedSpace } from "../../lib/files/reserved_space.ts";
import { RequestError } from "../../lib/protocol/errors.ts";

/** Folders `a` and `b` are of one file system, `c` is of another. */
const DEVICES: Record<string, number> = { a: 1, b: 1, c: 2 };

function setUp(free: number | null) {
  const disk = { free };
  const space = new ReservedSpace({
    freeBytes: () => Promise.resolve(disk.free),
    device: (folder) => Promise.resolve(DEVICES[folder] ?? null),
  });
  /** The code of the refusal; the reservation is kept. */
  const tryReserve = (folder: string, bytes: number, isStalled?: () => boolean) =>
    space.reserve(folder, bytes, isStalled).then(
      () => "reserved",
      (error) => error instanceof RequestError ? error.code : error,
    );
  return { disk, space, tryReserve };
}

Deno.test("ReservedSpace: gives all that is free, and not a byte more", async () => {
  const { tryReserve } = setUp(100);
  assertEquals(await tryReserve("a", 60), "reserved");
  assertEquals(await tryReserve("b", 41), "no-space");
  assertEquals(await tryReserve("c", 100), "reserved");
  assertEquals(await tryReserve("b", 40), "reserved");
  assertEquals(await tryReserve("a", 0), "reserved");
});

Deno.test("ReservedSpace: counts what is written once, and takes back what is not filled", async () => {
  const { disk, space, tryReserve } = setUp(100);
  {
    using first = await space.reserve("a", 60);
    first.fill(50);
    disk.free = 50;
    assertEquals(await tryReserve("a", 41), "no-space");
    assertEquals(await tryReserve("a", 30), "reserved");
    first.fill(20);
  }
  assertEquals(await tryReserve("a", 21), "no-space");
  assertEquals(await tryReserve("a", 20), "reserved");
});

Deno.test("ReservedSpace: keeps nothing for a file that does not grow", async () => {
  const { tryReserve } = setUp(100);
  let isStalled = false;
  assertEquals(await tryReserve("a", 100, () => isStalled), "reserved");
  assertEquals(await tryReserve("a", 1), "no-space");
  isStalled = true;
  assertEquals(await tryReserve("a", 1), "reserved");
});

Deno.test("ReservedSpace: takes the space for enough where the system does not tell", async () => {
  const { tryReserve } = setUp(null);
  for (const folder of ["a", "elsewhere"]) {
    assertEquals(await tryReserve(folder, 2 ** 50), "reserved");
  }
});
