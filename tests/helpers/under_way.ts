import type { TestServer } from "./servers.ts";

/** What lies in a server's folder for uploads under way. */
export function underWay({ root }: TestServer): string[] {
  try {
    return root.list(".tcp-chat");
  } catch {
    return []; // Nobody has made it
  }
}
