import { TextLineStream } from "@std/streams/text-line-stream";
import { atMost, type Figure, formatSpread, median } from "./figures.ts";
import type { BenchFixture } from "./fixture.ts";

const ROUNDS = 5;

/** Measures the time from starting the server process to its event `listening`. */
export async function measureStart(fixture: BenchFixture): Promise<Figure[]> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) seconds.push(await startOnce(fixture));
  return [{
    name: "start of the server",
    value: median(seconds),
    unit: "s",
    goal: atMost(0.3),
    note: formatSpread(seconds),
  }];
}

async function startOnce(fixture: BenchFixture): Promise<number> {
  const script = new URL("../server.ts", import.meta.url).pathname;
  const startedMs = performance.now();
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script, "--port", "0", "--json", "--root", fixture.served],
    env: { TCP_CHAT_DATA: fixture.state },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  try {
    await Promise.any([server.stdout, server.stderr].map(waitForListening));
    return (performance.now() - startedMs) / 1000;
  } catch (cause) {
    throw new Error("The server ended before it listened", { cause });
  } finally {
    server.kill();
    await server.status;
  }
}

/** Resolves at the event `listening`; rejects if the log ends without it. */
async function waitForListening(log: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
  const lines = log.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) {
    if (line.startsWith("{") && JSON.parse(line).event === "listening") return;
  }
  throw new Error("It is not in this log");
}
