import { assertEquals } from "@std/assert";
import { ResultOutput } from "../../lib/cli/view/result_output.ts";

/** A sink that takes nothing until it is opened. */
function stuckSink() {
  const opened = Promise.withResolvers<void>();
  const sink = {
    text: "",
    open: () => opened.resolve(),
    async write(bytes: Uint8Array): Promise<number> {
      await opened.promise;
      sink.text += new TextDecoder().decode(bytes);
      return bytes.length;
    },
  };
  return sink;
}

Deno.test("ResultOutput: drops what comes beyond its limit, and tells how much, at the end at the latest", async () => {
  const sink = stuckSink();
  const gaps: number[] = [];
  const output = new ResultOutput({ sink, limitBytes: 4, onGap: (texts) => gaps.push(texts) });
  for (const text of ["a\n", "b\n", "c\n", "d\n", "e\n"]) output.write(text); // 4 bytes are no more than 4
  assertEquals(gaps, []);
  sink.open();
  await output.written();
  assertEquals([sink.text, gaps], ["a\nb\nc\n", [2]]);
  output.write("f\n");
  await output.written();
  assertEquals([sink.text, gaps], ["a\nb\nc\nf\n", [2]]);
});
