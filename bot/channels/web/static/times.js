/** Clock times and day names, in the language and the time zone of the bot. */

const DAY_MS = 86_400_000;

export class Times {
  /** `now` returns the milliseconds to call "today": the real clock, or the demo's. */
  constructor(now) {
    this.now = now;
    this.use("vi", "Asia/Ho_Chi_Minh", {});
  }

  use(language, timeZone, words) {
    this.words = words;
    this.clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
    this.day = new Intl.DateTimeFormat("en-CA", { timeZone });
    this.long = new Intl.DateTimeFormat(language, { timeZone, weekday: "long", day: "numeric", month: "long", year: "numeric" });
  }

  /** "08:05" */
  time(ms) {
    return this.clock.format(ms);
  }

  /** "2021-03-01": the same for two moments of one calendar day. */
  dayKey(ms) {
    return this.day.format(ms);
  }

  /** "Hôm nay", "Hôm qua" or the date with its weekday. */
  dayName(ms) {
    const now = this.now();
    if (this.dayKey(ms) === this.dayKey(now)) return this.words.today ?? this.date(ms);
    if (this.dayKey(ms) === this.dayKey(now - DAY_MS)) return this.words.yesterday ?? this.date(ms);
    return this.date(ms);
  }

  date(ms) {
    const text = this.long.format(ms);
    return text.charAt(0).toUpperCase() + text.slice(1);
  }
}
