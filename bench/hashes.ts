import { connect } from "../lib/client/client.ts";

/** Has a server know the hashes of files; its indexer then has nothing left to do with them. */
export async function learnHashes(port: number, paths: readonly string[]): Promise<void> {
  const client = await connect({ hostname: "127.0.0.1", port, protocol: 2 });
  for (const path of paths) await client.stat(path);
  await client.quit();
}
