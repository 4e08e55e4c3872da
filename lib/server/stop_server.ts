import { fill } from "../protocol/fill_text.ts";
import { deadline } from "../async/deadline.ts";
import type { TaskGroup } from "../async/task_group.ts";
import { describeFailure } from "../protocol/errors.ts";
import type { Announcer } from "./announcer.ts";
import { LOG_TEXTS } from "./config/log_texts.ts";
import type { Connections } from "./connections.ts";
import type { ServerCore } from "./core.ts";
import type { ServerPort } from "./server_port.ts";

/** How long a server takes to stop. */
export interface StopOptions {
  /** Time that is left to transfers under way, in milliseconds. Default: 10,000. */
  readonly graceMs?: number;
  /** Time to close everything after that, in milliseconds. Default: 5,000. */
  readonly closeMs?: number;
}

/** What a stop closes. */
interface StoppingServer {
  readonly core: ServerCore;
  readonly ports: readonly ServerPort[];
  readonly connections: Connections;
  readonly tasks: TaskGroup;
  readonly announcer: Announcer | null;
}

/** Stops a server. @throws as `Server.stop` does */
export async function stopServer(
  server: StoppingServer,
  notice: string | undefined,
  { graceMs = 10_000, closeMs = 5_000 }: StopOptions,
): Promise<void> {
  const closing = close(server, notice, graceMs);
  if (await deadline(closing, graceMs + closeMs, "late") !== "late") return;
  const { language } = server.core.services.settings;
  throw new DOMException(fill(LOG_TEXTS.notClosed, language), "TimeoutError");
}

async function close(
  { core, ports, connections, tasks, announcer }: StoppingServer,
  notice: string | undefined,
  graceMs: number,
): Promise<void> {
  const { settings, hub, uploads } = core.services;
  const goodbye = announcer?.stop();
  for (const { listener } of ports) listener.close();
  core.stop();
  connections.web?.front?.stop();
  for (const session of connections.sessions()) {
    session.notify(notice ?? describeFailure("shutting-down", settings.language));
  }
  hub.tellAll({ event: "shutdown" });
  const grace = setTimeout(() => {
    for (const session of connections.sessions()) session.close("shutting-down");
    connections.web?.front?.close();
    core.joined?.log.abandon();
  }, graceMs);
  const sessions = [...connections.sessions()];
  await Promise.all(sessions.map((session) => session.drain("shutting-down")));
  await connections.web?.idle();
  clearTimeout(grace);
  await uploads.parts.idle();
  await core.close();
  await tasks.idle();
  await goodbye;
  await connections.idle();
  settings.onEvent({ event: "stopped" });
}
