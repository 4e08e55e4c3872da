/** Has the thread count its calls from here on, before the modules that come next. */
import { crashAt } from "./crash_point.ts";

const point = new URL(globalThis.location.href).searchParams.get("crash");
if (point !== null) crashAt(JSON.parse(point));
