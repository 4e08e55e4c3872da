import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import type { PageModel } from "../model/page_model.ts";
import { t } from "../text/t.ts";
import { ConnectionBanner } from "./connection_banner.tsx";
import { DialogHost } from "./dialog_host.tsx";
import { FileList, FilesPane } from "./files_pane.tsx";
import { followPage, followPlace } from "./follow_place.ts";
import { Header } from "./header.tsx";
import { ModelProvider } from "./model_context.ts";
import { Notices } from "./notices.tsx";
import { route, type View } from "./route.ts";
import { Tabs } from "./tabs.tsx";
import { TalkPane } from "./talk_pane.tsx";
import { later } from "./later.tsx";
import { TransfersPane } from "./transfers_pane.tsx";
import { isWide as wide } from "./watched_page.ts";

const LinkPane = later("LinkPane");
const TransferNews = later("TransferNews");

interface AppProps {
  readonly model: PageModel;
  /** Whether it has come by a link: then it only sends or gets files. */
  readonly isByLink: boolean;
}

/** The page. */
export function App({ model, isByLink }: AppProps) {
  const isWide = wide.value;
  useEffect(() => (isByLink ? followPage : followPlace)(model), [model]);
  return (
    <ModelProvider value={model}>
      <div class={isWide ? "app wide" : "app narrow"}>
        <button type="button" class="skip" onClick={() => document.getElementById("main")?.focus()}>
          {t("skip")}
        </button>
        <Header />
        <ConnectionBanner />
        <main id="main" tabIndex={-1}>
          {isByLink
            ? (
              <LinkPane>
                <FileList />
              </LinkPane>
            )
            : (
              <>
                <Pane view="talk" isWide={isWide}>
                  <TalkPane />
                </Pane>
                <Pane view="files" isWide={isWide}>
                  <FilesPane />
                </Pane>
              </>
            )}
          <Pane view="transfers" isWide={isWide || isByLink}>
            <TransfersPane />
          </Pane>
        </main>
        {!isWide && !isByLink && <Tabs />}
        {model.transfers.list.value.length > 0 && <TransferNews />}
        <Notices />
        <DialogHost />
      </div>
    </ModelProvider>
  );
}

interface PaneProps {
  readonly view: View;
  readonly isWide: boolean;
  readonly children: ComponentChildren;
}

/** A view: a landmark where all are shown, else what belongs to a tab. */
function Pane({ view, isWide, children }: PaneProps) {
  const naming = isWide
    ? { "aria-label": t(view) }
    : { role: "tabpanel" as const, "aria-labelledby": `tab-${view}` };
  return (
    <section
      id={`view-${view}`}
      class={`pane ${view}-pane`}
      hidden={!isWide && route.value.view !== view}
      {...naming}
    >
      {view !== "transfers" && <h2 class="sr">{t(view)}</h2>}
      {children}
    </section>
  );
}
