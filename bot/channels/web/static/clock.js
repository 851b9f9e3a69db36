/** The demo's clock: shows the simulated moment, moves it forward. */

const REFRESH_MS = 20_000;

export class Clock {
  #element; #ahead_ms = 0; #onMove; #words = {}; #language = "vi"; #shown = "";

  /** `onMove` is called after the clock was moved here. */
  constructor(element, onMove) {
    this.#element = element;
    this.#onMove = onMove;
    for (const button of element.querySelectorAll("[data-move]")) {
      button.addEventListener("click", () => this.#move(JSON.parse(button.dataset.move)));
    }
    element.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#move({ date: this.#date.value });
    });
    setInterval(() => this.load(), REFRESH_MS);
  }

  /** The simulated now, in milliseconds. */
  now = () => Date.now() + this.#ahead_ms;

  use(language, words) {
    [this.#language, this.#words] = [language, words];
    this.#show();
  }

  async load() {
    if (!document.hidden) await this.#ask();
  }

  async #move(step) {
    const refused = this.#element.querySelector(".refused");
    refused.textContent = "";
    if (!(await this.#ask({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(step) }))) {
      refused.textContent = this.#words.demo_refused ?? "";
    }
    this.#onMove();
  }

  async #ask(request) {
    const response = await fetch("/demo/clock", request).catch(() => null);
    if (!response?.ok) return false;
    this.#ahead_ms = Date.parse((await response.json()).now) - Date.now();
    this.#show();
    return true;
  }

  get #date() {
    return this.#element.querySelector("input");
  }

  #show() {
    const form = { timeZone: "Asia/Ho_Chi_Minh" };
    const now = this.now();
    const day = new Intl.DateTimeFormat(this.#language, { ...form, weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" }).format(now);
    const hour = new Intl.DateTimeFormat("en-GB", { ...form, hour: "2-digit", minute: "2-digit" }).format(now);
    const iso = new Intl.DateTimeFormat("en-CA", form).format(now);
    const time = this.#element.querySelector("time");
    time.textContent = `${day} · ${hour}`;
    time.dateTime = `${iso}T${hour}`;
    this.#date.min = iso;
    if (iso !== this.#shown) this.#date.value = iso;
    this.#shown = iso;
  }
}
