/**
 * A child process with a server that is killed at a call of its file worker, or of its main thread
 * once it listens. The arguments are the served folder, the crash point with the thread in JSON, and
 * the data folder, if there is one. It prints its events as JSON lines and stops at the end of standard input.
 *
 * @module
 */
import { serve } from "../../lib/server/serve.ts";
import { ARMED, crashAt } from "./crash_point.ts";

if (import.meta.main) {
  const [root, crash, dataDirectory] = Deno.args;
  const { thread, ...point } = JSON.parse(crash!);
  globalThis.Worker = class extends Worker {
    constructor(_url: string | URL, options?: WorkerOptions) {
      const url = new URL("./crash_worker.ts", import.meta.url);
      if (thread === "worker") url.searchParams.set("crash", JSON.stringify(point));
      super(url, options);
    }
  };
  const server = await serve({
    hostname: "127.0.0.1",
    port: 0,
    uploads: true,
    root: root!,
    ...(dataDirectory !== undefined && { dataDirectory }),
    onEvent: (event) => console.log(JSON.stringify(event)),
  });
  // Lets the index and the sweeper finish, whose calls do not belong to the upload
  while (server.gauges(0).isIndexing) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (thread === "main") crashAt(point);
  Deno.env.set(ARMED, "1");
  console.log(JSON.stringify({ event: "ready", port: server.port }));
  await Deno.stdin.readable.pipeTo(new WritableStream());
  await server.stop();
}
