import type { Failure } from "../texts/failure.ts";

/** A failure as an object for scripts. @param path the path that was asked for, if any */
export function errorEvent(
  { code, message, service }: Failure,
  path?: string,
): Record<string, unknown> {
  return { event: "error", code, message, path, service }; // JSON has no undefined members
}
