import { useComputed } from "@preact/signals";
import { formatCount } from "../text/format.ts";
import { t } from "../text/t.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { go, route, type View, VIEWS } from "./route.ts";

const ICONS = { talk: "talk", files: "folder", transfers: "transfers" } as const;

/** The choice of the view, where only one has room. */
export function Tabs() {
  const { talk, transfers } = useModel();
  const unread = useComputed(() =>
    talk.conversations.value.reduce((sum, { unread }) => sum + unread.value, 0)
  );
  const { active, failed } = transfers.summary.value;
  const badges: Readonly<Record<View, number>> = {
    talk: unread.value,
    files: 0,
    transfers: active + failed,
  };
  return (
    <nav aria-label={t("views")}>
      <div class="tabs" role="tablist" aria-label={t("views")} onKeyDown={moveTab}>
        {VIEWS.map((view) => <Tab key={view} view={view} badge={badges[view]} />)}
      </div>
    </nav>
  );
}

function Tab({ view, badge }: { readonly view: View; readonly badge: number }) {
  const isShown = route.value.view === view;
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${view}`}
      aria-selected={isShown}
      aria-controls={`view-${view}`}
      tabIndex={isShown ? 0 : -1}
      onClick={() => show(view)}
    >
      <span class="tab-icon">
        <Icon name={ICONS[view]} />
      </span>
      <span>{t(view)}</span>
      {badge > 0 && <span class="badge">{badge > 99 ? "99+" : formatCount(badge)}</span>}
    </button>
  );
}

/** The place in each view that was shown last. */
const places = new Map<View, string>();

function show(view: View): void {
  places.set(route.value.view, route.value.name);
  go({ view, name: places.get(view) ?? "" });
}

function moveTab(event: KeyboardEvent): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  const view = VIEWS[VIEWS.indexOf(route.value.view) + step];
  if (step === 0 || view === undefined) return;
  show(view);
  document.getElementById(`tab-${view}`)?.focus();
}
