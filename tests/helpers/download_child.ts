/**
 * A child process that downloads a file. The arguments are port, name and folder. It prints the
 * result or the error as a JSON line.
 *
 * @module
 */
import { connect } from "../../lib/client/connect.ts";

if (import.meta.main) {
  const [port, name, directory] = Deno.args as [string, string, string];
  const client = await connect({ hostname: "127.0.0.1", port: Number(port) });
  try {
    console.log(JSON.stringify(await client.download(name, { directory, name })));
  } catch (error) {
    const { name, code, message } = error as { name: string; code: string; message: string };
    console.log(JSON.stringify({ event: "failed", error: name, code, message }));
  }
  await client.quit();
}
