import type { PageModel } from "../../../lib/page/model/page_model.ts";
import { RequestError } from "../../../lib/protocol/errors.ts";
import type { JsonObject } from "../../../lib/protocol/json.ts";

const HOUR_MS = 3_600_000;

/** A link as a server tells it. */
function link(id: string, user: string, more: JsonObject): JsonObject {
  const created = Date.now();
  const expires = created + 24 * HOUR_MS;
  return { link: id, kind: "get", path: "report.pdf", created, expires, user, ...more };
}

/** Links in memory, which answer requests. */
export function makeLinks(own: string | null): PageModel["linkRequest"] {
  const user = own ?? "ana";
  const all = [
    link("aaaaaaaa", user, { count: 3, left: 2, note: "for Bob" }),
    link("bbbbbbbb", "bruno", { kind: "put", path: "inbox", size: 2e9, sizeLeft: 1e9 }),
    link("cccccccc", user, { ended: "expired", path: `a/${"long name ".repeat(12)}` }),
  ];
  return async (type, { kind, path, count, life, link: id }) => {
    await Promise.resolve();
    if (type === "LNKS") return { links: all };
    if (type === "UNLK") {
      const at = all.findIndex((each) => each.link === id);
      all[at] = { ...all[at], ended: "revoked" };
      return { link: id };
    }
    if (count === 13) throw new RequestError("denied");
    const counted = count === undefined ? {} : { count, left: count };
    const expires = Date.now() + Number(life);
    const made = link("dddddddd", user, { kind, path, ...counted, expires });
    all.push(made);
    return { ...made, secret: "JZ5WQ0tB3mXr7yA1_-0a", type: "file" };
  };
}
