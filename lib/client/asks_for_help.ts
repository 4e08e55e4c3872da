/** Whether the argument of a typed command asks for its help, in any case as the commands, whatever it takes else. */
export function asksForHelp(argument: string): boolean {
  return /^(?:--help|-h)$/i.test(argument);
}
