/** The headers of every answer. */
const ALWAYS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
} as const;

/**
 * The headers of the page's own files: nothing from elsewhere is loaded, and no other page frames it.
 *
 * @param host a checked Host; older versions of Safari do not take `ws:` for `'self'`
 * @param members the origins of the other servers of a cluster, at which the page goes on when this one is gone
 */
export function pageHeaders(host: string, members: readonly string[]): Record<string, string> {
  const sockets = members.map((origin) => ` ${origin.replace(/^http/, "ws")}`).join("");
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    `connect-src 'self' ws://${host} wss://${host}${sockets}`,
    "worker-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return { ...ALWAYS, "content-security-policy": policy.join("; ") };
}

/** The headers of everything else: if anything shows it as a page, it runs nothing. */
export function plainHeaders(): Record<string, string> {
  return { ...ALWAYS, "content-security-policy": "sandbox; default-src 'none'" };
}
