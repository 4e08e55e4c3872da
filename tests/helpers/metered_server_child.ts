/**
 * A child process with a server whose main isolate is measured. The argument holds its options in
 * JSON. It answers each line of standard input with the longest turn of its event loop since the
 * line before, the line `reference` with what some work takes, and stops at the end of standard input.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";
import { serveWithPage } from "../../lib/server/serve.ts";
import { webPage } from "../../lib/web/web_page.ts";
import { referenceMs, TurnMeter } from "./turn_meter.ts";

if (import.meta.main) {
  let events = 0;
  const { hasPage = false, ...options } = JSON.parse(Deno.args[0]!);
  const server = await serveWithPage({
    hostname: "127.0.0.1",
    port: 0,
    ...options,
    onEvent: () => events++,
  }, hasPage ? webPage() : null);
  using meter = new TurnMeter();
  console.log(JSON.stringify({ event: "ready", port: server.port }));
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream());
  for await (const line of lines) {
    if (line === "reference") {
      console.log(JSON.stringify({ event: "reference", ms: referenceMs() }));
      continue;
    }
    const turnMs = meter.takeLongestMs();
    const { rss } = Deno.memoryUsage();
    console.log(JSON.stringify({ event: "measured", turnMs, events, rss, ...server.gauges(rss) }));
  }
  await server.stop();
}
