import { assertEquals } from "@std/assert";
import { posix, win32 } from "node:path";
import { homeFolderOf, userFolder, type UserSystem } from "../../lib/cli/options/user_folders.ts";

function system(
  platform: typeof Deno.build.os,
  env: Readonly<Record<string, string>>,
  there: readonly string[] = [],
): UserSystem {
  const { isAbsolute, join } = platform === "windows" ? win32 : posix;
  const exists = (path: string) => there.includes(path);
  return { platform, env: (name) => env[name], exists, isAbsolute, join };
}

function foldersOf(of: UserSystem): [string | null, string | null] {
  return [userFolder("state", of), userFolder("config", of)];
}

const PROFILE = "C:\\Users\\ana";
const WINDOWS = {
  USERPROFILE: PROFILE,
  LOCALAPPDATA: `${PROFILE}\\AppData\\Local`,
  APPDATA: `${PROFILE}\\AppData\\Roaming`,
};
const OLD_STATE = `${PROFILE}\\.local\\state\\tcp-chat`;
const OLD_CONFIG = `${PROFILE}\\.config\\tcp-chat`;

Deno.test("userFolder: lies below the home folder on Linux and macOS, whatever Windows' variables say", () => {
  for (const platform of ["linux", "darwin"] as const) {
    const env = { HOME: "/home/ana", LOCALAPPDATA: "/local", APPDATA: "/roaming" };
    assertEquals(foldersOf(system(platform, env)), [
      "/home/ana/.local/state/tcp-chat",
      "/home/ana/.config/tcp-chat",
    ]);
  }
});

Deno.test("userFolder: is in the folders for application data on Windows", () => {
  assertEquals(foldersOf(system("windows", WINDOWS)), [
    `${WINDOWS.LOCALAPPDATA}\\tcp-chat`,
    `${WINDOWS.APPDATA}\\tcp-chat`,
  ]);
});

Deno.test("userFolder: stays where an earlier version on Windows has put it, each by itself", () => {
  assertEquals(foldersOf(system("windows", WINDOWS, [OLD_STATE, OLD_CONFIG])), [
    OLD_STATE,
    OLD_CONFIG,
  ]);
  assertEquals(foldersOf(system("windows", WINDOWS, [OLD_CONFIG])), [
    `${WINDOWS.LOCALAPPDATA}\\tcp-chat`,
    OLD_CONFIG,
  ]);
});

Deno.test("userFolder: takes what the XDG variables name, on every system", () => {
  const xdg = (root: string) => ({ XDG_STATE_HOME: `${root}s`, XDG_CONFIG_HOME: `${root}c` });
  const unix = system("linux", { HOME: "/home/ana", ...xdg("/") });
  assertEquals(foldersOf(unix), ["/s/tcp-chat", "/c/tcp-chat"]);
  const windows = system("windows", { ...WINDOWS, ...xdg("D:\\") }, [OLD_STATE, OLD_CONFIG]);
  assertEquals(foldersOf(windows), ["D:\\s\\tcp-chat", "D:\\c\\tcp-chat"]);
});

Deno.test("userFolder: takes no relative path, and none at all without a home", () => {
  const relative = { LOCALAPPDATA: "local", APPDATA: "roaming", XDG_STATE_HOME: "state" };
  assertEquals(foldersOf(system("windows", { USERPROFILE: PROFILE, ...relative })), [
    OLD_STATE,
    OLD_CONFIG,
  ]);
  assertEquals(foldersOf(system("linux", { HOME: "here", ...relative })), [null, null]);
  assertEquals(foldersOf(system("windows", {})), [null, null]);
  const { USERPROFILE: _, ...homeless } = WINDOWS;
  assertEquals(foldersOf(system("windows", homeless))[0], `${WINDOWS.LOCALAPPDATA}\\tcp-chat`);
});

Deno.test("homeFolderOf: is HOME, else USERPROFILE", () => {
  assertEquals(homeFolderOf(system("windows", WINDOWS)), PROFILE);
  assertEquals(homeFolderOf(system("windows", { ...WINDOWS, HOME: "D:\\home" })), "D:\\home");
  assertEquals(homeFolderOf(system("linux", {})), null);
});
