const STOP_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];

/** The exit code that shells report for a program that SIGINT ended. */
const INTERRUPTED_EXIT_CODE = 130;

/**
 * A request to stop: from a signal, a command, or a key, which a terminal in raw mode does not turn
 * into a signal.
 */
export interface StopRequest {
  /** Asks once; asked again, exits the process at once. */
  readonly request: () => void;
  /** Stops listening for signals. */
  readonly dispose: () => void;
}

/** Calls `onStop` at the first SIGINT, SIGTERM or `request`; the second one exits at once. */
export function listenForStop(onStop: () => void): StopRequest {
  let asked = false;
  const request = () => {
    if (asked) Deno.exit(INTERRUPTED_EXIT_CODE);
    asked = true;
    onStop();
  };
  for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, request);
  const dispose = () => {
    for (const signal of STOP_SIGNALS) Deno.removeSignalListener(signal, request);
  };
  return { request, dispose };
}
