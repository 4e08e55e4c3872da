import { TextLineStream } from "@std/streams/text-line-stream";

/** The options that the process was started with. */
export function options<T>(): T {
  return JSON.parse(Deno.args[0]!);
}

/** Sends a report to the bench. */
export function report(value: unknown): void {
  console.log(JSON.stringify(value));
}

/** The orders of the bench, until it closes standard input. */
export async function* orders<T>(): AsyncGenerator<T> {
  const lines = Deno.stdin.readable
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) yield JSON.parse(line);
}

/** A precise time in milliseconds since 1970, comparable between processes. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now();
}
