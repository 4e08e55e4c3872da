const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = `(?<month>${MONTHS.join("|")})`;
const TIME = "(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)";
/** The three forms: IMF-fixdate, that of RFC 850, and that of `asctime`. */
const FORMS = [
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT`,
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT`,
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>\\d\\d| \\d) ${TIME} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/**
 * Reads a date of HTTP (RFC 9110, section 5.6.7).
 *
 * @param value of the header; `undefined` if there is none
 * @returns milliseconds since 1970; `null` for what is no such date
 */
export function parseHttpDate(value: string | undefined, nowMs = Date.now()): number | null {
  const fields = FORMS.map((form) => form.exec(value ?? "")?.groups).find((each) => each);
  if (fields === undefined) return null;
  const { year = "", month = "", day = "", hour, minute, second } = fields;
  const date = new Date(0);
  date.setUTCFullYear(fullYear(year, nowMs), MONTHS.indexOf(month), Number(day));
  if (date.getUTCDate() !== Number(day)) return null; // No month has it
  return date.setUTCHours(Number(hour), Number(minute), Number(second));
}

/** A year of two digits that would be more than 50 years ahead is one of the past. */
function fullYear(year: string, nowMs: number): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date(nowMs).getUTCFullYear();
  const sameCentury = thisYear - thisYear % 100 + Number(year);
  return sameCentury > thisYear + 50 ? sameCentury - 100 : sameCentury;
}
