/**
 * A client as a process of its own, for what the system trusts: that is read when a process starts.
 * Connects to the port in its first argument, with the pin in the second (JSON), accepts nobody, or
 * everybody where there is a third one, and prints a JSON line.
 *
 * @module
 */
import { ConnectionError } from "../../lib/protocol/errors.ts";
import { connectTls } from "../../lib/stream/tls/connect.ts";

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
    const connected = await connectTls(endpoint, trust, { timeoutMs: 5_000 });
    await connected.socket.write(new TextEncoder().encode("secret"));
    connected.socket.close();
    console.log(JSON.stringify({ asked, code: "connected", pin: connected.pin }));
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    console.log(JSON.stringify({ asked, code: error.code, details: error.details }));
  }
}
