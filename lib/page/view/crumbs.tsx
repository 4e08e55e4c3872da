import { t } from "../text/t.ts";
import { Icon } from "./icon.tsx";
import { Peer } from "./parts.tsx";
import { formatRoute } from "./route.ts";

/** The way from the root to a folder; each step leads there. */
export function Crumbs({ path }: { readonly path: string }) {
  const names = path === "" ? [] : path.split("/");
  const steps = names.map((name, i) => ({ name, path: names.slice(0, i + 1).join("/") }));
  return (
    <nav class="crumbs" aria-label={t("path")}>
      <ol>
        <Step name={null} path="" isLast={steps.length === 0} />
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
      >
        {name === null ? t("allFiles") : <Peer text={name} />}
      </a>
    </li>
  );
}
