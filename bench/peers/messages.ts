import { TextLineStream } from "@std/streams/text-line-stream";

/** The options that this process was started with. */
export function options<T>(): T {
  return JSON.parse(Deno.args[0]!);
}

/** Reports to the bench. */
export function report(value: unknown): void {
  console.log(JSON.stringify(value));
}

/** The orders of the bench, until it wants no more. */
export async function* orders<T>(): AsyncGenerator<T> {
  const lines = Deno.stdin.readable
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) yield JSON.parse(line);
}

/** Milliseconds since 1970, finely, to compare between processes. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}
