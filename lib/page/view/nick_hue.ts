/** Hues are this far apart, in degrees: closer ones look alike. */
const STEP = 24;

/** The hue of a nick, in degrees: the same everywhere and always. */
export function hueOf(nick: string): number {
  let value = 0;
  for (const character of nick.toLowerCase()) {
    value = (Math.imul(value, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  }
  return value % (360 / STEP) * STEP;
}
