import { loadByUrl } from "../../load_by_url.ts";

/** Loads a command when it runs: each starts sooner without the code of the others. */
export const loadCommand = {
  change: () =>
    loadByUrl<typeof import("../commands/change.ts")>(
      new URL("../commands/change.ts", import.meta.url),
    ),
  doctor: () =>
    loadByUrl<typeof import("../commands/doctor.ts")>(
      new URL("../commands/doctor.ts", import.meta.url),
    ),
  find: () =>
    loadByUrl<typeof import("../commands/find.ts")>(
      new URL("../commands/find.ts", import.meta.url),
    ),
  get: () =>
    loadByUrl<typeof import("../commands/get.ts")>(new URL("../commands/get.ts", import.meta.url)),
  links: () =>
    loadByUrl<typeof import("../commands/links.ts")>(
      new URL("../commands/links.ts", import.meta.url),
    ),
  listen: () =>
    loadByUrl<typeof import("../commands/listen.ts")>(
      new URL("../commands/listen.ts", import.meta.url),
    ),
  ls: () =>
    loadByUrl<typeof import("../commands/ls.ts")>(new URL("../commands/ls.ts", import.meta.url)),
  put: () =>
    loadByUrl<typeof import("../commands/put.ts")>(new URL("../commands/put.ts", import.meta.url)),
  say: () =>
    loadByUrl<typeof import("../commands/say.ts")>(new URL("../commands/say.ts", import.meta.url)),
  stat: () =>
    loadByUrl<typeof import("../commands/stat.ts")>(
      new URL("../commands/stat.ts", import.meta.url),
    ),
  verify: () =>
    loadByUrl<typeof import("../commands/verify.ts")>(
      new URL("../commands/verify.ts", import.meta.url),
    ),
};
