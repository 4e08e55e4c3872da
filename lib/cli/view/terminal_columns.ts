/** The width of the terminal in cells; 0 if it has none, or is closed. */
export function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 0;
  }
}
