import type { Capacity } from "./admission/capacity.ts";
import type { Announcer } from "./announcer.ts";
import type { ServerCore } from "./core.ts";
import type { ServerPort } from "./server_port.ts";
import type { WebPage } from "./web_page.ts";

/** What a `Server` consists of. */
export interface ServerParts {
  readonly core: ServerCore;
  readonly ports: readonly ServerPort[];
  readonly capacity: Capacity;
  /** `null` for a server that speaks frames only. */
  readonly web: WebPage | null;
  /** `null` for a server without a port. */
  readonly announcer: Announcer | null;
}
