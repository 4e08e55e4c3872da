/** The signals that ask for a stop. Ctrl-Break is a signal of Windows alone. */
export function stopSignals(platform: typeof Deno.build.os): readonly Deno.Signal[] {
  return platform === "windows" ? ["SIGINT", "SIGTERM", "SIGBREAK"] : ["SIGINT", "SIGTERM"];
}

/**
 * How long a server that stops leaves transfers under way, in milliseconds. Windows kills a program 5 s after its
 * window was closed.
 */
export function stopGraceMs(platform: typeof Deno.build.os): number {
  return platform === "windows" ? 4_000 : 10_000;
}

/** Whether SIGHUP always means the end: on Windows it is the window that closes. */
export function hangupStops(platform: typeof Deno.build.os): boolean {
  return platform === "windows";
}

/**
 * How long a SIGTERM after the first one is the same request, in milliseconds: `timeout`, systemd and
 * launchers send it to a program and to its whole group.
 */
const TERM_REPEAT_MS = 500;

/** How long a client that is asked to stop may take, in milliseconds: a disk that does not answer holds it up forever. */
export const CLIENT_STOP_MS = 15_000;

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

/** Options of {@link listenForStop}. */
export interface StopOptions {
  /** Called at SIGHUP. Default: it is a request to stop, since the terminal is gone. */
  readonly onHangup?: (() => void) | undefined;
  /** Exits the process so many milliseconds after the first request. Default: never. */
  readonly patienceMs?: number;
}

/** Calls `onStop` at the first of {@link stopSignals} or `request`; the second one exits at once. */
export function listenForStop(
  onStop: () => void,
  { onHangup, patienceMs }: StopOptions = {},
): StopRequest {
  let asked = false;
  const exit = () => Deno.exit(INTERRUPTED_EXIT_CODE);
  const request = () => {
    if (asked) exit();
    asked = true;
    if (patienceMs !== undefined) setTimeout(exit, patienceMs);
    onStop();
  };
  // A terminal that is closed may say so several times: that is no second request
  const hangup = onHangup ?? (() => asked || request());
  const terminate = onceWithin(TERM_REPEAT_MS, request);
  const listeners = [
    ...stopSignals(Deno.build.os).map((signal) =>
      [signal, signal === "SIGTERM" ? terminate : request] as const
    ),
    ["SIGHUP", hangup] as const,
  ];
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  const dispose = () => {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  };
  return { request, dispose };
}

/** Calls `listener`, except less than `ms` milliseconds after the first call. @param now a monotonic clock */
export function onceWithin(ms: number, listener: () => void, now = () => performance.now()) {
  let firstMs: number | null = null;
  return () => {
    const time = now();
    if (firstMs !== null && time - firstMs < ms) return;
    firstMs ??= time;
    listener();
  };
}
