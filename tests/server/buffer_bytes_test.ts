import { assertEquals } from "@std/assert";
import { bufferBytesFor } from "../../lib/server/transfers/buffer_bytes.ts";

const [full, medium, small] = [1_048_564, 262_144, 65_536] as const;

function bytesFor(jobCount: number, frameBytes: number): number {
  return bufferBytesFor({ pool: { jobCount }, bandwidth: { sent: { frameBytes } } });
}

Deno.test("bufferBytesFor: gives many transfers small buffers", () => {
  const sizes = [0, 63, 64, 255, 256, 10_000].map((jobs) => bytesFor(jobs, full));
  assertEquals(sizes, [full, full, medium, medium, small, small]);
});

Deno.test("bufferBytesFor: gives no buffer that is larger than the frames of a limited rate", () => {
  assertEquals([bytesFor(0, 16_384), bytesFor(64, 100_000), bytesFor(256, 100_000)], [
    16_384,
    100_000,
    small,
  ]);
});
