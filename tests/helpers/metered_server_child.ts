/**
 * A child process with a server whose main isolate is measured. The argument holds its options in
 * JSON. It answers each line of standard input with the longest turn of its event loop since the
 * line before, and stops at the end of standard input.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";
import { serve } from "../../lib/server/serve.ts";
import { TurnMeter } from "./turn_meter.ts";

if (import.meta.main) {
  let events = 0;
  const server = await serve({
    hostname: "127.0.0.1",
    port: 0,
    ...JSON.parse(Deno.args[0]!),
    onEvent: () => events++,
  });
  using meter = new TurnMeter();
  console.log(JSON.stringify({ event: "ready", port: server.port }));
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const _ of lines) {
    const turnMs = meter.takeLongestMs();
    const { rss } = Deno.memoryUsage();
    console.log(JSON.stringify({ event: "measured", turnMs, events, rss, ...server.gauges(rss) }));
  }
  await server.stop();
}
