import { assert, assertEquals, assertRejects } from "@std/assert";
import { concatBytes } from "../../lib/protocol/frames.ts";
import { slicesOf } from "../../lib/page/transfer/file_slices.ts";

/** The streams of a file, by what is special about them. */
class OddFile extends Blob {
  streams = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>, readonly oddStream: () => ReadableStream) {
    super([bytes]);
  }

  override slice(start?: number, end?: number): Blob {
    const part = super.slice(start, end);
    part.stream = () => {
      this.streams++;
      return this.oddStream() as ReadableStream<Uint8Array<ArrayBuffer>>;
    };
    return part;
  }
}

const bytes = Uint8Array.from({ length: 2500 }, (_, i) => i * 7);

async function read(file: Blob, sliceBytes: number, stallMs?: number): Promise<Uint8Array> {
  const slices: Uint8Array[] = [];
  for await (const slice of slicesOf(file, { sliceBytes, ...(stallMs && { stallMs }) })) {
    slices.push(slice.slice());
  }
  return concatBytes(slices);
}

for (const size of [0, 1, 999, 1000, 1001, 2000, 2500]) {
  Deno.test(`slicesOf reads the whole of a file: ${size} bytes in slices of 1000`, async () => {
    const part = bytes.subarray(0, size);
    assertEquals(await read(new Blob([part]), 1000), part);
  });
}

Deno.test("slicesOf does not use a buffer again that the caller has transferred", async () => {
  const free: ArrayBuffer[] = [];
  const kept: Uint8Array[] = [];
  for await (const slice of slicesOf(new Blob([bytes]), { sliceBytes: 1000, free })) {
    kept.push(structuredClone(slice, { transfer: [slice.buffer] }));
  }
  assertEquals(concatBytes(kept), bytes);
  assertEquals(free, []);
});

Deno.test("slicesOf reads into the buffers that are free", async () => {
  const free = [new ArrayBuffer(1000), new ArrayBuffer(1000), new ArrayBuffer(1000)];
  const slices = slicesOf(new Blob([bytes]), { sliceBytes: 1000, free });
  await slices.next();
  assertEquals(free.length, 1); // One is yielded, one is read into
  await slices.return(undefined);
});

Deno.test("slicesOf reads a file whose streams take no buffers", async () => {
  const file = new OddFile(bytes, () => new ReadableStream());
  assertEquals(await read(file, 1000), bytes);
  assertEquals(file.streams, 3);
});

Deno.test("slicesOf reads a file whose stream wakes no reader", async () => {
  const file = new OddFile(bytes, () => new ReadableStream({ type: "bytes" }));
  assertEquals(await read(file, 1000, 1), bytes);
  assertEquals(file.streams, 3);
});

Deno.test("slicesOf fails for a file that is shorter now", async () => {
  const ended = () => new ReadableStream({ type: "bytes", start: (stream) => stream.close() });
  const error = await assertRejects(() => read(new OddFile(bytes, ended), 1000), DOMException);
  assert(error.name === "NotReadableError");
});
