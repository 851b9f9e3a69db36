/**
 * The chat of one seat, as one component: page.js shows one, demo.js three.
 *
 * What browser tests may rely on:
 *   section.chat[data-seat][data-state="ready|connecting|offline"]   one chat
 *   .bubble[data-id][data-from="bot|me"]     a message; its words in `.bubble .text`; no data-id while on its way
 *   .bubble[data-status="pending|sent|failed"]   my message before its echo came
 *   button.choice[data-value]                an answer button; inside `.choices.past` when its question is over
 *   button.command                           a command in the bot's text, pressed to send it
 *   textarea[name=text], button.send         the composer
 *   button.attach, input[name=file]          sending a file; hidden from who may send none
 *   a.file[download]                         a file to take
 *   a.map                                    the map of a place
 *   .working progress                        long work
 *   button.menu, nav.commands button[data-command]   the menu
 */

import { Attach } from "./attach.js";
import { build, dress } from "./frame.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { Stream } from "./stream.js";
import { Times } from "./times.js";
import { Typing } from "./typing.js";

/* Shown before, or without, the words of the server. */
const UNCONNECTED = { connecting: "Đang kết nối…", reconnecting: "Đang kết nối lại…", offline: "Mất kết nối. Đang thử lại…" };
/* A blink shorter than this is nobody's business. */
const BANNER_AFTER_MS = 900;
/* The words come first, unless they take so long that the talk is worth more. */
const MENU_AT_MOST_MS = 2_000;

export class Chat {
  #parts; #log; #stream; #outbox; #typing; #attach; #followed = true; #unread = 0; #greeted = false; #caughtUp = false; #banner; #hidden; #hush_ms;
  words = UNCONNECTED;
  title = "Giọt Hồng";
  language = "vi";

  /** Builds into `root`, a section.chat with data-seat; `now` names "today", `hush_ms`: leave the line after so long hidden. */
  constructor(root, { now = Date.now, hush_ms = 300_000 } = {}) {
    this.root = root;
    this.now = now;
    this.#hush_ms = hush_ms;
    this.times = new Times(now);
    this.#parts = build(root);
    this.#log = new Log(this.#parts.log, this);
    this.#typing = new Typing(this.#parts.below, () => this.#follow());
    this.#attach = new Attach(this.#parts.form, this);
    this.#outbox = new Outbox(this.seat, {
      /* A followed link has no bubble at the server, so no echo comes to take the place of this one. */
      sent: (item) => (item.start === undefined ? this.#log.mark(item, "sent") : this.#log.dropWaiting(item.id)),
      failed: (item) => (this.#log.mark(item, "failed"), this.#typing.done()),
      slow: (seconds) => this.#say(seconds ? fill(this.words.slow_down, { seconds }) : null),
    });
    this.#stream = new Stream(() => `/chat/${this.seat}/events?after=${this.#log.last}`, {
      onEvent: (name, data) => EVENTS[name]?.(this, data),
      onState: (state) => this.#setState(state),
    });
  }

  get seat() {
    return this.root.dataset.seat;
  }

  async open() {
    this.#setState("connecting");
    this.#parts.text.value = recall(this.#draft);
    this.#grow();
    this.#listen();
    await Promise.race([this.loadMenu(), new Promise((resolve) => setTimeout(resolve, MENU_AT_MOST_MS))]);
    this.#showWaiting();
    this.#stream.start();
    this.#outbox.flush();
  }

  /** Sends {text} | {choice, label} | {start}: seen at once, kept until the server has it. */
  send = (content) => {
    this.#log.addWaiting(this.#outbox.add(content), this.#at());
    this.#parts.hello.hidden = true;
    this.#follow(true);
    this.#typing.expect();
  };

  /** A refused message: words go back to be changed, a press is tried again. */
  again = (item) => {
    this.#outbox.remove(item.id);
    this.#log.dropWaiting(item.id);
    if (!item.text) return this.send({ choice: item.choice, label: item.label, start: item.start });
    this.#parts.text.value = item.text;
    this.#grow();
    this.#parts.text.focus();
  };

  async loadMenu() {
    const response = await fetch(`/chat/${this.seat}/menu`).catch(() => null);
    if (!response?.ok) return;
    const menu = await response.json();
    Object.assign(this, { title: menu.title, language: menu.language, words: { ...UNCONNECTED, ...menu.words } });
    this.times.use(menu.language, menu.timezone ?? "Asia/Ho_Chi_Minh", this.words);
    this.#greeted = true;
    this.root.lang = menu.language;
    dress(this.#parts, menu, this);
    this.#attach.allow(menu.upload_bytes ?? 0);
    this.nameDays();
    this.root.dispatchEvent(new CustomEvent("menu", { detail: menu }));
  }

  nameDays() {
    this.#log.nameDays();
  }

  message(data) {
    if (data.client_id) this.#outbox.remove(data.client_id);
    if (!this.#log.add(data)) return;
    this.#parts.hello.hidden = true;
    if (data.from === "bot") this.#typing.done();
    if (!this.#caughtUp) return;
    if (data.from === "bot") this.root.dispatchEvent(new CustomEvent("news"));
    if (!this.#followed && data.from === "bot") this.#unread += 1;
    this.#follow();
  }

  update(data) {
    this.#log.update(data);
    this.#follow();
  }

  /** A word at the top that goes by itself. */
  notice(words, ms) {
    clearTimeout(this.#banner);
    this.#say(words);
    this.#banner = setTimeout(() => this.#say(null), ms);
  }

  progress(data) {
    this.#typing.working(data);
  }

  ready({ last, language }) {
    if (last < this.#log.last) return this.reset();
    this.#parts.log.setAttribute("aria-live", "polite");
    this.#parts.log.removeAttribute("aria-busy");
    this.#parts.hello.hidden = !this.#log.empty;
    this.#setState("ready");
    this.#caughtUp = true;
    this.#follow();
    this.#outbox.poke();
    if (!this.#greeted || language !== this.language) this.loadMenu();
  }

  get #draft() {
    return `giothong.draft.${this.seat}`;
  }

  #at() {
    return new Date(this.now()).toISOString();
  }

  /** The history was erased (the server says so, or counts lower than we do): forget ours and read it anew. */
  reset() {
    this.#log.clear();
    this.#showWaiting();
    this.#stream.restart();
  }

  #showWaiting() {
    for (const item of this.#outbox.items) this.#log.addWaiting(item, this.#at());
  }

  #setState(state) {
    const before = this.root.dataset.state;
    this.root.dataset.state = state;
    clearTimeout(this.#banner);
    if (state === "ready") return this.#say(null);
    const words = state === "offline" ? this.words.offline : before === "ready" ? this.words.reconnecting : this.words.connecting;
    this.#banner = setTimeout(() => this.#say(words), state === before ? 0 : BANNER_AFTER_MS);
  }

  #say(words) {
    this.#parts.banner.textContent = words ?? "";
    this.#parts.banner.hidden = !words;
  }

  /* Stay at the newest message if the reader is there; else count what comes. */
  #follow(force = false) {
    const { scroll, jump, count } = this.#parts;
    if (force) this.#followed = true;
    if (this.#followed) {
      scroll.scrollTop = scroll.scrollHeight;
      this.#unread = 0;
    }
    jump.hidden = this.#followed;
    count.textContent = this.#unread || "";
    jump.setAttribute("aria-label", this.#unread ? fill(this.words.unread, { count: this.#unread }) : this.words.jump ?? "");
  }

  #grow() {
    const { text } = this.#parts;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    keep(this.#draft, text.value);
  }

  #submit() {
    const text = this.#parts.text.value.trim();
    if (!text) return;
    this.#parts.text.value = "";
    this.#grow();
    this.send({ text });
  }

  #listen() {
    const { scroll, jump, form, text } = this.#parts;
    scroll.addEventListener("scroll", () => {
      const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
      if (!scroll.clientHeight || atEnd === this.#followed) return;
      this.#followed = atEnd;
      this.#follow();
    }, { passive: true });
    new ResizeObserver(() => this.#follow()).observe(scroll);
    jump.addEventListener("click", () => this.#follow(true));
    form.addEventListener("submit", (event) => (event.preventDefault(), this.#submit()));
    text.addEventListener("input", () => this.#grow());
    text.addEventListener("keydown", (event) => {
      /* 229: a key inside the composition of a Vietnamese keyboard; Enter then ends the word, not the message. */
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#submit();
    });
    for (const name of ["online", "offline"]) addEventListener(name, () => (this.#stream.restart(), this.#outbox.poke()));
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#hush() : this.#wake()));
  }

  /* A browser allows six connections to one host: pages nobody looks at give theirs back. */
  #hush() {
    this.#hidden = setTimeout(() => {
      this.#stream.stop();
      this.#setState("connecting");
    }, this.#hush_ms);
  }

  #wake() {
    clearTimeout(this.#hidden);
    this.#stream.start();
    this.#stream.poke();
    this.#outbox.poke();
    this.nameDays();
  }
}

const EVENTS = {
  message: (chat, data) => chat.message(data),
  update: (chat, data) => chat.update(data),
  progress: (chat, data) => chat.progress(data),
  menu: (chat) => chat.loadMenu(),
  ready: (chat, data) => chat.ready(data),
  reset: (chat) => chat.reset(),
};

/** "{count} tin mới" with its numbers; "" when the sentence is not there yet. */
function fill(sentence, values) {
  return (sentence ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

/* Where storage is forbidden, a draft lives as long as the page. */
function keep(key, text) {
  try {
    sessionStorage.setItem(key, text);
  } catch { /* forbidden */ }
}

function recall(key) {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
