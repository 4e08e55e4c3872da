/**
 * A child process with a TLS client, since the system's trust store is read when a process starts.
 * The arguments are the port and the pin in JSON; with a third argument it accepts every unknown
 * server, without it none. It prints a JSON line.
 *
 * @module
 */
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { connectTls } from "../../lib/stream/tls/connect.ts";
import { DEADLINE_MS } from "./deadline.ts";

if (import.meta.main) {
  const [port, pin, accepting] = Deno.args;
  let asked = 0;
  const accept = () => {
    asked++;
    return accepting !== undefined;
  };
  try {
    const endpoint = { hostname: "localhost", port: Number(port) };
    const trust = { pin: JSON.parse(pin!), accept };
    const connected = await connectTls(endpoint, trust, { timeoutMs: DEADLINE_MS });
    await connected.socket.write(new TextEncoder().encode("secret"));
    connected.socket.close();
    console.log(JSON.stringify({ asked, code: "connected", pin: connected.pin }));
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    console.log(JSON.stringify({ asked, code: error.code, details: error.details }));
  }
}
