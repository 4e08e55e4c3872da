import { ConnectionError } from "../protocol/errors.ts";
import type { ConnectOptions } from "./connect_options.ts";

/** Whether a connection has ended since the server speaks protocol 2, though it answered late. */
export function isLateHello(error: unknown): boolean {
  return error instanceof ConnectionError && error.code === "late-hello";
}

/**
 * Runs work that begins with connecting. If that takes the server for one of protocol 1 and is wrong,
 * the work runs again in protocol 2; nothing of it has had an effect then.
 */
export async function retryLateHello<T>(
  options: ConnectOptions,
  work: (options: ConnectOptions) => Promise<T>,
): Promise<T> {
  try {
    return await work(options);
  } catch (error) {
    if (!isLateHello(error)) throw error;
    return await work({ ...options, protocol: 2 });
  }
}
