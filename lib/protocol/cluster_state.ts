/**
 * How a server that starts stands to its cluster: `waiting`: it cannot be reached; `catching-up`: the server
 * applies what the others have appended; `restarting`: the server was out of step, and starts again.
 */
export type JoiningState = "waiting" | "catching-up" | "restarting";

/**
 * Why a start brings a server in step again. `diverged`: most others agree on another state, which it takes;
 * `behind`: the log lacks records that come after what it has, and another server gives its state; `log-back`: the log is
 * again the one that it knows.
 */
export type HealReason = "diverged" | "behind" | "log-back";

/**
 * How a running server stands to its cluster.
 *
 * - `in-step`: it takes part.
 * - `cut-off`: it cannot reach the log, or a majority of the machines that keep the log cannot be reached.
 * - `no-space`, `failed`: its database cannot be written.
 * - `newer`: the log has entries that this program does not know.
 * - `diverged`: it has applied other entries than another server.
 * - `log-lost`: the log is not the one that it knows, went back, or lacks what comes after what it has applied.
 */
export type ClusterState =
  | "in-step"
  | "cut-off"
  | "no-space"
  | "failed"
  | "newer"
  | "diverged"
  | "log-lost";
