/** Names and addresses by which a machine reaches only itself. */
const LOOPBACK = /^(?:(?:.*\.)?localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|\[::\])$/;

/**
 * The addresses of the page that other devices can open, the likeliest first: the one by which it is
 * open here, as it is known to work, and those that the server tells. Ends are without a slash.
 */
export function sharedUrls(origin: string, told: readonly string[]): string[] {
  const urls = [origin, ...told.map((url) => url.replace(/\/$/, ""))];
  return [...new Set(urls)].filter((url) => !LOOPBACK.test(new URL(url).hostname));
}
