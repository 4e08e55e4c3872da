import { t } from "../text/t.ts";
import { Icon } from "./icon.tsx";
import { useModel } from "./model_context.ts";
import { Peer } from "./parts.tsx";
import { formatRoute } from "./route.ts";

/** So many folders have room; those above are one step. */
const SHOWN = 3;

/** The way from the root, or from what a link is for, to a folder; each step leads there. */
export function Crumbs({ path }: { readonly path: string }) {
  const root = useModel().link.value?.path ?? "";
  const names = path.split("/").filter(Boolean);
  const all = names.map((name, i) => ({ name, path: names.slice(0, i + 1).join("/") }))
    .slice(root.split("/").filter(Boolean).length);
  const steps = all.slice(-SHOWN);
  const above = all.at(-SHOWN - 1);
  return (
    <nav class="crumbs" aria-label={t("path")}>
      <ol>
        <Step name={null} path={root} isLast={steps.length === 0} />
        {above !== undefined && <Step name="…" path={above.path} isLast={false} />}
        {steps.map((step, i) => <Step key={step.path} {...step} isLast={i === steps.length - 1} />)}
      </ol>
    </nav>
  );
}

interface StepProps {
  /** `null` for the root. */
  readonly name: string | null;
  readonly path: string;
  readonly isLast: boolean;
}

function Step({ name, path, isLast }: StepProps) {
  return (
    <li>
      {name !== null && <Icon name="chevron" />}
      <a
        href={formatRoute({ view: "files", name: path })}
        aria-current={isLast ? "page" : undefined}
        title={name ?? undefined}
        aria-label={name === null && !isLast ? t("allFiles") : undefined}
      >
        {name !== null ? <Peer text={name} /> : isLast ? t("allFiles") : <Icon name="folder" />}
      </a>
    </li>
  );
}
