import { computed, signal } from "@preact/signals-core";
import { RequestError } from "../../protocol/errors.ts";
import type { FolderModel, PageModel, TalkModel, TransfersModel } from "../model/page_model.ts";
import { browserPlatform, type PagePlatform } from "../net/platform.ts";
import { ChatMemory } from "./chat_memory.ts";
import { FolderState } from "./folder_state.ts";
import { SessionState } from "./session_state.ts";
import { TalkState } from "./talk_state.ts";

/** A page's state, and its end. */
export interface RunningPage {
  readonly model: PageModel;
  /** Closes the connection. */
  stop(): void;
}

/** Starts the state of a page: it connects, and stays connected. */
export function startPage(platform: PagePlatform): RunningPage {
  const memory = new ChatMemory(platform);
  const talk = new TalkState({
    onRooms: (rooms) => memory.keepRooms(rooms),
    onNick: (nick) => memory.keepNick(nick, session.me.value?.user ?? null),
  });
  let started = new AbortController();
  const session = new SessionState(platform, {
    onReset: () => {
      started.abort();
      talk.reset();
    },
    onUpdate: (update, nick) => talk.onUpdate(update, nick),
    onStarted: (chat) => {
      started = new AbortController();
      talk.attach(chat);
      void memory.restore(chat, started.signal);
    },
  });
  const folder = new FolderState({
    client: () => session.client,
    hasUpload: computed(() => session.server.value?.hasUpload ?? null),
    origin: platform.origin,
  });
  session.start();
  return {
    model: modelOf(session, talk, folder),
    stop() {
      started.abort();
      session.stop();
    },
  };
}

function modelOf(session: SessionState, talk: TalkModel, folder: FolderModel): PageModel {
  const { connection, server, me } = session;
  return {
    connection,
    server,
    me,
    talk,
    folder,
    transfers: noTransfers(),
    reconnect: () => session.reconnect(),
    logIn: (name, password) => session.logIn(name, password),
    logOut: () => session.logOut(),
    qr: async (text) => (await import("./qr_path.ts")).qrPath(text),
  };
}

/** A list of transfers that takes none. */
function noTransfers(): TransfersModel {
  const refuse = () => {
    throw new RequestError("unsupported");
  };
  return {
    list: signal([]),
    summary: signal({ active: 0, done: 0, failed: 0, size: 0, moved: 0, speed: 0 }),
    canGetFolder: false,
    sendFiles: refuse,
    sendDropped: () => Promise.reject(new RequestError("unsupported")),
    get: refuse,
    getFolder: () => Promise.reject(new RequestError("unsupported")),
    pause() {},
    resume() {},
    retry() {},
    cancel() {},
    giveFile: () => Promise.reject(new RequestError("unsupported")),
    answerConflict() {},
    clearFinished() {},
    checkFile: () => Promise.reject(new RequestError("unsupported")),
  };
}

/** The model of the page that runs in this browser. */
export function createPageModel(): PageModel {
  const { model } = startPage(browserPlatform());
  const retry = () => document.visibilityState === "visible" && model.reconnect();
  addEventListener("online", retry);
  addEventListener("pageshow", retry);
  document.addEventListener("visibilitychange", retry);
  return model;
}
