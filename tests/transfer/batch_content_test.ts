import { assert, assertEquals } from "@std/assert";
import { BatchContent } from "../../lib/transfer/batch_content.ts";

Deno.test("BatchContent: holds the announced bytes alone, however small the pieces and large their buffers", () => {
  const content = new BatchContent(1_000);
  const buffer = new Uint8Array(65_536);
  for (let i = 0; i < 1_000; i++) {
    assertEquals(content.whole(), null);
    buffer[7] = i; // The buffer is used again
    assert(content.add(buffer.subarray(7, 8)));
  }
  const whole = content.whole();
  assertEquals(whole, Uint8Array.from({ length: 1_000 }, (_, i) => i));
  assertEquals([content.length, whole?.buffer.byteLength], [1_000, 1_000]);
});

Deno.test("BatchContent: takes no byte beyond those announced", () => {
  const content = new BatchContent(3);
  assertEquals([content.add(new Uint8Array(2)), content.add(new Uint8Array(2))], [true, false]);
  assertEquals([content.add(new Uint8Array(1)), content.add(new Uint8Array(1))], [true, false]);
  assertEquals(content.whole()?.length, 3);
  assertEquals(new BatchContent(0).whole()?.length, 0);
});
