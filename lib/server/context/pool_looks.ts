import type { ServedLooks } from "../../files/served_walk.ts";
import type { ServerServices } from "./services.ts";

/** Looks at the served folder in the threads of the server, between the work for its clients. */
export function poolLooks({ store, pool }: Pick<ServerServices, "store" | "pool">): ServedLooks {
  return {
    names: (path) => pool.lookUp("readServedNames", [store.folder, path]),
    entries: (path, names) => pool.lookUp("lookAtServed", [store.folder, path, names]),
  };
}
