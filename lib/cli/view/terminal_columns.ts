/** The width of the terminal in cells; 0 if it has none, or is closed. */
export function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 0;
  }
}

/** The width that an output need not go beyond; no limit where it goes to a file or a pipe. */
export function outputColumns(output: { isTerminal(): boolean } = Deno.stdout): number {
  return output.isTerminal() ? terminalColumns() || Infinity : Infinity;
}
