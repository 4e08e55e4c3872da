import { computed } from "@preact/signals-core";
import type { PageModel } from "../model/page_model.ts";
import { loadPart } from "../net/load_part.ts";
import { browserPlatform, type PagePlatform } from "../net/platform.ts";
import type { TabLogin } from "../net/tab_login.ts";
import { loadReasons } from "../text/reasons.ts";
import { ChatMemory } from "./chat_memory.ts";
import { FolderState, linkTo } from "./folder_state.ts";
import { IgnoredPeople } from "./ignored_people.ts";
import { LaterTransfers } from "./later_transfers.ts";
import { SessionState } from "./session_state.ts";
import { TalkState } from "./talk_state.ts";
import type { TransferPlatform } from "./transfer_platform.ts";
import type { TransfersPage } from "./transfers_engine.ts";
import type { TransfersState } from "./transfers_state.ts";
import { untilSet } from "./until_set.ts";

/** A page's state, and its end. */
export interface RunningPage {
  readonly model: PageModel;
  /** Resolves once the transfers are loaded. */
  readonly ready: Promise<unknown>;
  /** Closes the connection. */
  stop(): void;
}

/**
 * Starts the state of a page: it connects, and stays connected.
 *
 * @param files what transfers use; `null` for that of the browser
 */
export function startPage(platform: PagePlatform, files: TransferPlatform | null): RunningPage {
  const memory = new ChatMemory(platform);
  const talk = new TalkState({
    onRooms: (rooms) => memory.keepRooms(rooms),
    onNick: (nick) => memory.keepNick(nick, session.me.value?.user ?? null),
  }, new IgnoredPeople(platform.browser));
  let started = new AbortController();
  const session = new SessionState(platform, {
    onReset: () => {
      started.abort();
      memory.reset();
      talk.reset();
    },
    onUpdate: (update, nick) => talk.onUpdate(update, nick),
    onStarted: (chat) => {
      started = new AbortController();
      talk.attach(chat);
      if (session.link.value === null) void memory.restore(chat, started.signal);
    },
  });
  const folder = folderOf(session);
  const end = new AbortController();
  const page = pageOf(session, talk, folder, platform.login?.user ?? "");
  const transfers = new LaterTransfers(() => loadTransfers(session, page, files, end.signal));
  session.start();
  return {
    ready: transfers.ready,
    model: modelOf(session, memory, { talk, folder, transfers }),
    stop() {
      started.abort();
      end.abort();
      transfers.stop();
      folder.stop();
      session.stop();
    },
  };
}

/** Loads what the page can be used without, once it is connected or has failed to be. */
async function loadTransfers(
  { connection }: SessionState,
  page: TransfersPage,
  files: TransferPlatform | null,
  signal: AbortSignal,
): Promise<TransfersState> {
  const settled = () => connection.value.kind === "connecting" ? null : connection.value;
  await untilSet(computed(settled), signal);
  loadReasons().catch(() => {}); // The texts of codes stand for them
  const { startTransfers } = await loadPart(import("./transfers_engine.ts"));
  return await startTransfers(page, files);
}

function folderOf(session: SessionState): FolderState {
  return new FolderState({
    client: () => session.client,
    hasUpload: computed(() => session.server.value?.hasUpload ?? null),
    linkPath: () => session.link.value?.path,
  });
}

function pageOf(
  session: SessionState,
  talk: TalkState,
  folder: FolderState,
  scope: string,
): TransfersPage {
  return {
    scope,
    connection: session.connection,
    client: computed(() => session.connection.value.kind === "open" ? session.client : null),
    renewals: session.renewals,
    maximumBytes: () => session.server.value?.maximumFileBytes ?? null,
    roomOf: (conversation) => talk.roomOf(conversation),
    link: (path) => folder.link(path),
    onStored: (path, offerIn) => {
      folder.onChanged(path);
      // A talk that is over needs no word of it
      if (offerIn !== null) void talk.offer(offerIn, linkTo(session.client, path)).catch(() => {});
    },
  };
}

function modelOf(
  session: SessionState,
  { takenNick }: ChatMemory,
  parts: Pick<PageModel, "talk" | "folder" | "transfers">,
): PageModel {
  const { connection, elsewhere, server, me, link } = session;
  return {
    connection,
    link,
    elsewhere,
    server,
    me,
    takenNick,
    ...parts,
    reconnect: () => session.reconnect(),
    logIn: (name, password) => session.logIn(name, password),
    logOut: () => session.logOut(),
    linkRequest: (type, fields) => session.client.request(type, fields),
    qr: async (text) => (await loadPart(import("./qr_path.ts"))).qrPath(text),
  };
}

/** The model of the page that runs in this browser. @param login by which it has come: a link */
export function createPageModel(login: TabLogin | null): PageModel {
  const { model } = startPage({ ...browserPlatform(), login }, null);
  const retry = () => document.visibilityState === "visible" && model.reconnect();
  addEventListener("online", retry);
  addEventListener("pageshow", retry);
  document.addEventListener("visibilitychange", retry);
  return model;
}
