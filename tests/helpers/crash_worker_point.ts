/** Counts the calls of the thread from here on, before later modules are loaded. */
import { ARMED, crashAt } from "./crash_point.ts";

const point = new URL(globalThis.location.href).searchParams.get("crash");
if (point !== null) crashAt(JSON.parse(point), () => Deno.env.has(ARMED));
