const STOP_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];

/**
 * Calls `onStop` at the first SIGINT or SIGTERM; the second one exits the process at once, with
 * `exitCode`. Returns how to stop listening.
 */
export function onStopSignal(onStop: () => void, exitCode = 130): () => void {
  let asked = false;
  const listener = () => {
    if (asked) Deno.exit(exitCode);
    asked = true;
    onStop();
  };
  for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, listener);
  return () => {
    for (const signal of STOP_SIGNALS) Deno.removeSignalListener(signal, listener);
  };
}
