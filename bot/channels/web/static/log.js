/** The messages in their order: days, groups, which buttons are current, what is still on its way. */

import { fillBubble, markBubble, messageRow } from "./bubble.js";
import { el } from "./dom.js";

/* Messages of one side closer than this read as one breath: one tail, one time. */
const GROUP_MS = 3 * 60_000;

export class Log {
  #act; #bubbles = new Map(); #waiting = new Map(); #tail = null; #asked = null; #answered = false;
  last = 0;

  /** `element` holds the rows, `act` is what bubble.js needs. */
  constructor(element, act) {
    this.element = element;
    this.#act = act;
  }

  get empty() {
    return !this.element.firstChild;
  }

  /** Adds a message the server numbered; false when it was here already. */
  add(message) {
    if (message.id <= this.last) return false;
    this.last = message.id;
    const waiting = this.#waiting.get(message.client_id);
    const row = messageRow(message, this.#act);
    if (waiting) row.classList.add("still");
    waiting?.remove();
    this.#waiting.delete(message.client_id);
    this.#place(row, message);
    this.#bubbles.set(message.id, { bubble: row.querySelector(".bubble"), message });
    this.#turn(message, row.querySelector(".choices"));
    return true;
  }

  /** Shows a message of mine at the end before the server has it. */
  addWaiting(item, at) {
    if (this.#waiting.has(item.id)) return;
    const text = item.text ?? item.label ?? "/start";
    const row = messageRow({ id: null, from: "me", text, at }, this.#act);
    row.classList.add("last", "first");
    this.#waiting.set(item.id, row);
    this.element.append(row);
    this.mark(item, item.failed ? "failed" : "pending");
    if (item.choice) this.#pick(item.choice);
  }

  /** pending, sent or failed */
  mark(item, state) {
    const bubble = this.#waiting.get(item.id)?.querySelector(".bubble");
    if (bubble) markBubble(bubble, state, { ...this.#act, words: this.#act.words, item, again: this.#act.again });
  }

  dropWaiting(id) {
    this.#waiting.get(id)?.remove();
    this.#waiting.delete(id);
  }

  /** Changes an earlier bubble; fields that are not given stay. */
  update(change) {
    const known = this.#bubbles.get(change.id);
    if (!known) return;
    Object.assign(known.message, change);
    fillBubble(known.bubble, known.message, this.#act);
  }

  clear() {
    this.element.replaceChildren();
    this.#bubbles.clear();
    this.#waiting.clear();
    [this.last, this.#tail, this.#asked, this.#answered] = [0, null, null, false];
  }

  /** "Hôm nay" moves on at midnight, or when the demo's clock is moved. */
  nameDays() {
    for (const day of this.element.querySelectorAll(".day")) day.textContent = this.#act.times.dayName(Number(day.dataset.at));
  }

  #place(row, message) {
    const at = Date.parse(message.at);
    const { times } = this.#act;
    const newDay = !this.#tail || times.dayKey(this.#tail.at) !== times.dayKey(at);
    const grouped = !newDay && this.#tail.from === message.from && at - this.#tail.at < GROUP_MS && !this.#tail.choices;
    if (grouped) this.#tail.row.classList.remove("last");
    row.classList.add("last", ...(grouped ? [] : ["first"]));
    const next = this.#waiting.values().next().value ?? null;
    if (newDay) this.element.insertBefore(el("h3", { class: "day", "data-at": at }, times.dayName(at)), next);
    this.element.insertBefore(row, next);
    this.#tail = { row, at, from: message.from, choices: Boolean(message.choices?.length) };
  }

  /* Buttons are current until a newer question comes, or an answer was given and the bot went on. Old ones stay pressable:
     the server knows what an old button means and says so. */
  #turn(message, choices) {
    if (message.from === "me") {
      this.#answered = true;
      this.#pick(null, message.text);
      return;
    }
    if (choices || this.#answered) this.#retire();
    if (choices) this.#asked = choices;
    this.#answered = false;
  }

  #retire() {
    this.#asked?.classList.add("past");
    for (const button of this.#asked?.querySelectorAll(".choice") ?? []) button.title = this.#act.words.past_choice ?? "";
    this.#asked = null;
  }

  #pick(value, label) {
    for (const button of this.#asked?.querySelectorAll(".choice") ?? []) {
      const picked = value ? button.dataset.value === value : button.textContent === label;
      if (picked) button.classList.add("picked");
    }
  }
}
