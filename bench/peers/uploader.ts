/**
 * A client that uploads on order, and reports the times.
 *
 * @module
 */
import { connect } from "../../lib/client/connect.ts";
import { options, orders, report, wallMs } from "./messages.ts";

/** An order to upload a file. */
export interface UploadOrder {
  readonly file: string;
  readonly path: string;
}

/** The times of an upload, in milliseconds since 1970. */
export interface UploadReport {
  readonly startedMs: number;
  readonly endedMs: number;
}

/** Options of the process. */
export interface UploaderOptions {
  readonly port: number;
}

const { port } = options<UploaderOptions>();
const client = await connect({ hostname: "127.0.0.1", port, protocol: 2, connections: 1 });
report("ready");
for await (const { file, path } of orders<UploadOrder>()) {
  const startedMs = wallMs();
  await client.upload(file, { path });
  report({ startedMs, endedMs: wallMs() } satisfies UploadReport);
}
Deno.exit();
