/**
 * A child process that lists a folder recursively, and prints the paths as a JSON line.
 *
 * @module
 */
import { DirectoryStore } from "../../lib/files/directory_store.ts";
import { Listing } from "../../lib/files/listing.ts";

const [root] = Deno.args;
const store = await DirectoryStore.open(root!);
const entries = await Array.fromAsync(new Listing(store, "", { recursive: true, after: null }));
console.log(JSON.stringify({ event: "listed", paths: entries.map(({ path }) => path) }));
for await (const _ of Deno.stdin.readable);
