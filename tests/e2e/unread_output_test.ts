import { assertEquals } from "@std/assert";
import { TestClient } from "../helpers/clients.ts";
import { environment, programCommand } from "../helpers/program.ts";
import { startServer } from "../helpers/servers.ts";
import { hasTerminal } from "../helpers/terminal.ts";

/** More than a pipe and a terminal hold. */
const NOTICES = 150;
const TEXT = "x".repeat(4_000);
/** A client whose event loop stands still answers later than that. */
const RECEIPT_MS = 10_000;

/** Starts the interactive client; its output is read by nobody. */
function startUnread(port: number, terminal: boolean): Deno.ChildProcess {
  const words = [...programCommand("client"), "127.0.0.1", String(port)];
  const [command = "", ...args] = terminal
    ? ["script", "-qfec", words.map((word) => `'${word}'`).join(" "), "/dev/null"]
    : words;
  const env = { ...environment(), SHELL: "/bin/sh", TERM: "xterm" };
  const streams = { stdin: "piped", stdout: "piped", stderr: "null" } as const;
  return new Deno.Command(command, { args, env, clearEnv: true, ...streams }).spawn();
}

for (const terminal of [false, true]) {
  const output = terminal ? "terminal" : "pipe";
  Deno.test({
    name: `interactive client: a ${output} that nothing reads keeps it from no answer`,
    ignore: Deno.build.os === "windows" || (terminal && !hasTerminal()),
    async fn() {
      await using server = await startServer({ limits: { receiptMs: RECEIPT_MS } });
      const process = startUnread(server.port, terminal);
      const stdin = process.stdin.getWriter();
      try {
        await stdin.write(new TextEncoder().encode("chat ready\n"));
        await server.waitFor("chat");
        for (let i = 0; i < NOTICES; i++) server.server.announce(TEXT);
        await using ana = await TestClient.connect(server.port, { protocol: 2 });
        const { kept } = await ana.client.chat.say("hi", { to: "guest-1" });
        assertEquals(kept, undefined); // The client has confirmed it
      } finally {
        process.kill("SIGKILL");
        await Promise.all([process.status, stdin.abort().catch(() => {}), process.stdout.cancel()]);
      }
    },
  });
}
