import { environment, programCommand } from "./program.ts";

/** A server in a pseudo-terminal without a size, whose output is read only up to its start. */
export interface BareTerminal {
  /** `script`, which holds the terminal. */
  readonly process: Deno.ChildProcess;
  readonly output: ReadableStreamDefaultReader<string>;
  readonly port: number;
}

/**
 * Starts a server on a free port.
 *
 * @param args besides the address
 * @param replacesShell whether the server takes the place of the terminal's shell
 */
export async function startBareTerminal(
  args: readonly string[],
  { replacesShell = false } = {},
): Promise<BareTerminal> {
  const words = [...programCommand("server"), "-H", "127.0.0.1", "-p", "0", ...args];
  const command = words.map((word) => `'${word}'`).join(" ");
  const process = new Deno.Command("script", {
    args: ["-qfec", replacesShell ? `exec ${command}` : command, "/dev/null"],
    env: { ...environment(), SHELL: "/bin/sh", TERM: "xterm" },
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const port = /, port (\d+)/.exec(text)?.[1];
    if (port !== undefined) return { process, output, port: Number(port) };
    const { value, done } = await output.read();
    if (done) throw new Error(`The server ended: ${text}`);
    text += value;
  }
}
