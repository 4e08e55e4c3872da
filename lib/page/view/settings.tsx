import type { Language } from "../../protocol/errors.ts";
import { chooseLanguage, language, LANGUAGES } from "../text/language.ts";
import { t } from "../text/later_t.ts";
import { useModel } from "./model_context.ts";
import { chooseTheme, theme, THEMES } from "./theme.ts";

/** The choice of the language and the look of the page. */
export function Settings() {
  const { server } = useModel();
  const themes = { system: t("themeSystem"), light: t("themeLight"), dark: t("themeDark") };
  return (
    <>
      <Choice
        name="language"
        label={t("language")}
        options={Object.entries(LANGUAGES).map(([value, { name }]) => [value as Language, name])}
        chosen={language.value}
        onChoose={chooseLanguage}
      />
      <Choice
        name="theme"
        label={t("theme")}
        options={THEMES.map((each) => [each, themes[each]])}
        chosen={theme.value}
        onChoose={chooseTheme}
      />
      <p class="about">
        <span>tcp-chat {server.value?.version}</span>
        <a href="/licenses.txt" target="_blank">{t("licenses")}</a>
      </p>
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [value: T, text: string])[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}

/** One of a few options. */
function Choice<T extends string>({ name, label, options, chosen, onChoose }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend>{label}</legend>
      <div class="segments">
        {options.map(([value, text]) => (
          <label key={value} lang={name === "language" ? value : undefined}>
            <input
              type="radio"
              name={name}
              value={value}
              checked={value === chosen}
              onChange={() =>
                onChoose(value)}
            />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
