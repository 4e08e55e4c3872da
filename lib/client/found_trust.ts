import type { FoundServer } from "../discovery/find_servers.ts";
import type { KnownHosts } from "../files/known_hosts.ts";

/** How a server that was found relates to the servers that are known. */
export type FoundTrust =
  /** Its address is known with the key that it announces. */
  | { readonly kind: "known" }
  /** Its key is known under another address, such as before its lease ran out. */
  | { readonly kind: "moved"; readonly from: string }
  /** Its address is known with another key, or with a key while it announces none. */
  | { readonly kind: "changed" }
  /** Neither its address nor its key is known. */
  | { readonly kind: "new" }
  /** It announces no TLS, and its address is not known. */
  | { readonly kind: "none" };

/** Looks up a server that was found. @param knownHosts `null` where none are kept */
export async function trustOf(
  server: FoundServer,
  knownHosts: KnownHosts | null,
): Promise<FoundTrust> {
  const { address: hostname, port, fingerprint } = server;
  const known = await knownHosts?.find({ hostname, port }) ?? null;
  if (known !== null) return { kind: known.fingerprint === fingerprint ? "known" : "changed" };
  if (fingerprint === null) return { kind: "none" };
  const from = await knownHosts?.findByFingerprint(fingerprint) ?? null;
  return from === null ? { kind: "new" } : { kind: "moved", from };
}
