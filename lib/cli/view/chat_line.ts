/** A chat message of protocol 1, taken apart. */
export interface ChatLine {
  /** `null` when the text does not say who speaks. */
  readonly from: string | null;
  readonly text: string;
}

/** Takes `[NICK]: TEXT` apart, as servers of protocol 1 send it. */
export function parseChatLine(line: string): ChatLine {
  const [, from = null, text = line] = /^\[([^\]\n]{1,128})\]: (.*)$/s.exec(line) ?? [];
  return { from, text };
}
