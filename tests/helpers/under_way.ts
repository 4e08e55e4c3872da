import type { TestServer } from "./servers.ts";

/** The names in a server's folder for uploads under way. */
export function underWay({ root }: TestServer): string[] {
  try {
    return root.list(".tcp-chat");
  } catch {
    return []; // The folder has not been created
  }
}
