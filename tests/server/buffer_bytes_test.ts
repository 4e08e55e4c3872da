import { assertEquals } from "@std/assert";
import { bufferBytesFor } from "../../lib/server/transfers/buffer_bytes.ts";

Deno.test("bufferBytesFor: gives many transfers small buffers", () => {
  const sizes = [0, 63, 64, 255, 256, 10_000].map(bufferBytesFor);
  const [full, medium, small] = [1_048_564, 262_144, 65_536];
  assertEquals(sizes, [full, full, medium, medium, small, small]);
});
