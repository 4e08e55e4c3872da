import { effect, untracked } from "@preact/signals-core";
import type { PageModel } from "../model/page_model.ts";
import { percentOf } from "../text/format.ts";
import { language } from "../text/language.ts";
import { closeDialog, dialog, openDialog } from "./dialogs.ts";
import { followDrags } from "./drop_area.tsx";
import { loadLater } from "./later.tsx";
import { attempt } from "./notices.tsx";
import { followAddress, route } from "./route.ts";
import { isVisible, isWide } from "./watched_page.ts";

/** Keeps the model, the address, the title and the page's language together; returns their end. */
export function followPlace(model: PageModel): () => void {
  const ends = [
    followPage(model),
    followAddress(),
    effect(() => followRoute(model)),
    effect(() => followSight(model)),
    effect(() => followLogin(model)),
    effect(() => loadOnce(model)),
  ];
  return () => ends.forEach((end) => end());
}

/** What each page follows, whichever places it has: drags, the language and the title; returns their end. */
export function followPage(model: PageModel): () => void {
  const ends = [
    followDrags(),
    effect(() => followLanguage()),
    effect(() => followTitle(model)),
  ];
  return () => ends.forEach((end) => end());
}

/** Shows the folder or conversation that the address names, once there is a connection. */
function followRoute(model: PageModel): void {
  const { view, name } = route.value;
  if (model.connection.value.kind !== "open") return;
  untracked(() => {
    if (view === "talk") showConversation(model, name);
    if (view === "files") attempt(model.folder.open(name));
    else if (model.folder.state.value.kind !== "ready") {
      attempt(model.folder.open(model.folder.path.value));
    }
  });
}

/** Messages are unread while another view or another tab of the browser is looked at. */
function followSight({ talk }: PageModel): void {
  const isSeen = isVisible.value && (isWide.value || route.value.view === "talk");
  untracked(() => talk.see(isSeen));
}

function showConversation({ talk }: PageModel, name: string): void {
  if (name === "") return;
  const [kind, wanted] = name.startsWith("@") ? ["private", name.slice(1)] : ["room", name];
  const found = talk.conversations.value.find((each) => each.kind === kind && each.name === wanted);
  if (found !== undefined) talk.select(found.id);
  else if (kind === "private") talk.openPrivate(wanted);
  else attempt(talk.join(wanted));
}

/** What is typed after a click must not get lost while its dialog is loaded. */
function loadOnce({ connection }: PageModel): void {
  if (connection.value.kind === "open") void loadLater().catch(() => {}); // Its first use tells
}

function followLogin(model: PageModel): void {
  const isRequired = model.connection.value.kind === "login-required";
  untracked(() => {
    if (isRequired) openDialog({ kind: "log-in" });
    else if (dialog.value?.kind === "log-in" && model.me.value?.user) closeDialog();
  });
}

function followLanguage(): void {
  document.documentElement.lang = language.value;
}

/** What a glance at the tab must tell: how many messages were not read, and the progress. */
function followTitle({ server, talk, transfers }: PageModel): void {
  const { active, size, moved } = transfers.summary.value;
  const unread = talk.conversations.value.reduce((sum, each) => sum + each.unread.value, 0);
  const signs = [unread > 0 && `${unread}`, active > 0 && `${percentOf(moved, size)} %`];
  const sign = signs.map((each) => each && `(${each}) `).filter(Boolean).join("");
  document.title = sign + (server.value?.name ?? "tcp-chat");
}
