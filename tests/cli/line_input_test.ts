import { assertEquals } from "@std/assert";
import { PipeInput } from "../../lib/cli/terminal/pipe_input.ts";

const inputOf = (...chunks: string[]) =>
  new PipeInput(
    ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk))),
  );

const linesOf = async (input: PipeInput) => (await Array.fromAsync(input.entries())).flat();

Deno.test("PipeInput: splits lines at LF and CRLF, also across chunks", async () => {
  const input = inputOf("one\ntw", "o\r", "\nthree\n\nfour");
  assertEquals(await linesOf(input), ["one", "two", "three", "", "four"]);
});

Deno.test("PipeInput: decodes characters that are split across chunks", async () => {
  const [first, second] = [new Uint8Array([0xc3]), new Uint8Array([0xa3, 0x0a])];
  const input = new PipeInput(ReadableStream.from([first, second]));
  assertEquals(await linesOf(input), ["ã"]);
});

Deno.test("PipeInput.ask: takes the next line, and leaves the others", async () => {
  const input = inputOf("localhost\n6000\nquit\n");
  assertEquals(await input.ask(), "localhost");
  assertEquals(await input.ask(), "6000");
  assertEquals(await linesOf(input), ["quit"]);
  assertEquals(await input.ask(), null);
});

Deno.test("PipeInput.close: ends the lines", async () => {
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
  const input = new PipeInput(readable);
  const lines = linesOf(input);
  input.close();
  assertEquals(await lines, []);
  await writable.abort().catch(() => {}); // Already cancelled
});

Deno.test("PipeInput: throws the failure of the output once the next line is asked for", async () => {
  const source = ReadableStream.from(["one\ntwo\n"].map((text) => new TextEncoder().encode(text)));
  const failure = new Error("no reader");
  const input = new PipeInput(source, {
    write: () => {
      throw failure;
    },
  });
  assertEquals(await input.ask(), "one");
  input.print("answer");
  assertEquals(await input.ask().catch((error) => error), failure);
});
