import { useModel } from "./model_context.ts";
import { sharedUrls } from "./shared_urls.ts";

/**
 * The addresses of the page that other devices can open: see {@link sharedUrls}. While the page is connected to another
 * server, the one that it is from did not answer.
 */
export function useUrls(): string[] {
  const { server, connection, elsewhere } = useModel();
  const { urls = [] } = server.value ?? {};
  const isMoved = connection.value.kind === "open" && elsewhere.value.length > 0;
  return sharedUrls(isMoved && urls[0] || location.origin, urls);
}
