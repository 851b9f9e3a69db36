/** What stands below the last message: dots while an answer is on its way, a bar while long work runs. */

import { el } from "./dom.js";

/* Dots for an answer that comes at once would only flicker; dots that stay too long would lie. */
const DOTS_AFTER_MS = 350;
const DOTS_AT_MOST_MS = 15_000;

export class Typing {
  #onChange; #dots; #work = workBubble(); #timers = [];

  constructor(element, onChange) {
    this.#onChange = onChange;
    this.#dots = el("div", { class: "typing", hidden: true, "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    element.append(this.#dots, this.#work.box);
  }

  /** An answer is due. */
  expect() {
    this.done();
    this.#timers = [setTimeout(() => this.#show(true), DOTS_AFTER_MS), setTimeout(() => this.#show(false), DOTS_AT_MOST_MS)];
  }

  /** It came. */
  done() {
    this.#timers.forEach(clearTimeout);
    this.#show(false);
  }

  /** {text, done, total}; done null ends the work. The bar stays one element, so that it glides and is announced once. */
  working({ text, done, total }) {
    const running = done !== null && done !== undefined;
    this.done();
    this.#work.box.hidden = !running;
    if (running) this.#fill(text ?? "", total ? done / total : null);
    this.#onChange();
  }

  #fill(text, share) {
    const { words, percent, bar } = this.#work;
    if (words.textContent !== text) words.textContent = text;
    percent.textContent = share === null ? "" : `${Math.floor(100 * share)} %`;
    bar.setAttribute("aria-label", text);
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
  }

  #show(visible) {
    if (this.#dots.hidden === !visible) return;
    this.#dots.hidden = !visible;
    this.#onChange();
  }
}

function workBubble() {
  const [words, percent, bar] = [el("span", { role: "status" }), el("b"), el("progress", { max: 1 })];
  return { words, percent, bar, box: el("div", { class: "working", hidden: true }, el("span", { class: "line" }, words, percent), bar) };
}
