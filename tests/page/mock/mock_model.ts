/// <reference lib="dom" />
import type { ReceivedLink } from "../../../lib/protocol/link_answers.ts";
import type { Peer } from "../../../lib/protocol/peers.ts";
import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { encode } from "uqr";
import type {
  ConnectionState,
  Identity,
  PageModel,
  ServerInfo,
} from "../../../lib/page/model/page_model.ts";
import { RequestError } from "../../../lib/protocol/errors.ts";
import { makeFolder } from "./mock_folder.ts";
import { makeLinks } from "./mock_links.ts";
import { makeTalk } from "./mock_talk.ts";
import { makeTransfers } from "./mock_transfers.ts";

/** What a scene can change; the rest is a calm afternoon. */
export interface Scene {
  readonly connection?: ConnectionState;
  readonly elsewhere?: readonly Peer[];
  readonly server?: Partial<ServerInfo> | null;
  readonly user?: string | null;
  readonly takenNick?: string;
  readonly link?: ReceivedLink;
  readonly talk?: "usual" | "empty" | "many" | "hostile" | "none";
  readonly folder?: "usual" | "empty" | "huge" | "hostile" | "failed" | "loading" | "read-only";
  readonly transfers?: "usual" | "empty" | "many" | "hostile";
}

const SERVER: ServerInfo = {
  name: "casa",
  version: "0.1.0",
  hasChat: true,
  hasUpload: true,
  hasAccounts: true,
  urls: ["http://192.168.0.10:5555/", "http://casa.local:5555/"],
  fingerprint: null,
  maximumFileBytes: null,
};

/** A model of the page that lives in memory, for looking at the views. */
export function makeMockModel(scene: Scene): PageModel {
  const me = signal<Identity | null>({ nick: "ana", user: scene.user ?? null });
  const connection = signal<ConnectionState>(scene.connection ?? { kind: "open" });
  const server: ReadonlySignal<ServerInfo | null> = signal(
    scene.server === null ? null : { ...SERVER, ...scene.server },
  );
  return {
    connection,
    elsewhere: signal(scene.elsewhere ?? []),
    server,
    me: computed(() => me.value),
    link: signal(scene.link ?? null),
    takenNick: signal(scene.takenNick ?? null),
    talk: makeTalk(scene.talk ?? "usual", (nick) => {
      if (nick === "taken") throw new RequestError("exists", undefined, { reason: "nick-taken" });
      me.value = { nick, user: me.value?.user ?? null };
    }),
    folder: makeFolder(scene.folder ?? "usual"),
    transfers: makeTransfers(scene.transfers ?? "usual"),
    reconnect: () => connection.value = { kind: "open" },
    logIn: (name, password) => {
      if (password !== "right") return Promise.reject(new RequestError("auth-failed"));
      me.value = { nick: name, user: name };
      connection.value = { kind: "open" };
      return Promise.resolve();
    },
    logOut: () => {
      me.value = { nick: "guest-1", user: null };
      return Promise.resolve();
    },
    linkRequest: makeLinks(scene.user ?? null),
    qr: (text) => Promise.resolve(drawQr(text)),
  };
}

function drawQr(text: string): { readonly size: number; readonly path: string } {
  const { size, data } = encode(text, { border: 0 });
  const path = data.flatMap((row, y) => row.map((dark, x) => dark ? `M${x} ${y}h1v1h-1z` : ""));
  return { size, path: path.join("") };
}
