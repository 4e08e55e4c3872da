/** The system and the environment of a user. */
export interface UserSystem {
  readonly platform: typeof Deno.build.os;
  /** The value of an environment variable. */
  readonly env: (name: string) => string | undefined;
  readonly exists: (path: string) => boolean;
  readonly isAbsolute: (path: string) => boolean;
  readonly join: (path: string, ...more: string[]) => string;
}

/** A kind of folder in which the programs keep files of a user. */
interface FolderKind {
  readonly xdg: string;
  readonly belowHome: readonly string[];
  /** On Windows. */
  readonly appData: string;
}

const KINDS = {
  state: { xdg: "XDG_STATE_HOME", belowHome: [".local", "state"], appData: "LOCALAPPDATA" },
  config: { xdg: "XDG_CONFIG_HOME", belowHome: [".config"], appData: "APPDATA" },
} as const satisfies Record<string, FolderKind>;

/**
 * The folder for a user's state or settings: by the XDG Base Directory Specification, and on Windows
 * in the folders for application data, unless that of an earlier version is there. `null` where the
 * environment names none.
 */
export function userFolder(kind: keyof typeof KINDS, system: UserSystem): string | null {
  const { xdg, belowHome, appData } = KINDS[kind];
  const { join } = system;
  const [named, home] = [folderIn(xdg, system), homeFolderOf(system)];
  if (named !== null) return join(named, "tcp-chat");
  const below = home === null ? null : join(home, ...belowHome, "tcp-chat");
  if (system.platform !== "windows" || (below !== null && system.exists(below))) return below;
  const data = folderIn(appData, system);
  return data === null ? below : join(data, "tcp-chat");
}

/** The user's home folder; `null` if the environment names none. */
export function homeFolderOf(system: UserSystem): string | null {
  return folderIn("HOME", system) ?? folderIn("USERPROFILE", system);
}

/** A relative path counts as none: it would lead wherever a program is started. */
function folderIn(variable: string, system: UserSystem): string | null {
  const path = system.env(variable) ?? "";
  return system.isAbsolute(path) ? path : null;
}
