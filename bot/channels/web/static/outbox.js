/** What this browser still has to send: kept over reloads, sent in order, each under one id until the server has it. */

import { backoff } from "./stream.js";

const TIMEOUT_MS = 20_000;
/* Answers that say "not now" rather than "never". */
const PASSING = new Set([408, 425, 429]);

export class Outbox {
  #seat; #events; #items; #wake = () => {}; #busy = false;

  /** `events`: sent(item), failed(item), slow(seconds or 0). */
  constructor(seat, events) {
    this.#seat = seat;
    this.#events = events;
    this.#items = load(this.#prefix);
  }

  get items() {
    return [...this.#items];
  }

  /** Queues {text} | {choice, label} | {start}; returns the item with its id. */
  add(content) {
    const last = this.#items[this.#items.length - 1];
    const item = { id: uuid(), order: Math.max(Date.now(), (last?.order ?? 0) + 1), ...content };
    this.#items.push(item);
    save(this.#prefix + item.id, item);
    this.flush();
    return item;
  }

  /** The server has it (its echo came), or the person gave it up. */
  remove(id) {
    this.#items = this.#items.filter((item) => item.id !== id);
    forget(this.#prefix + id);
  }

  /** Tries at once what waits. */
  poke() {
    this.#wake();
    this.flush();
  }

  async flush() {
    if (this.#busy) return;
    this.#busy = true;
    for (let failures = 0, item; (item = this.#items.find((each) => !each.failed)); ) {
      const answer = await post(`/chat/${this.#seat}/send`, item);
      failures = answer.status === 200 ? 0 : failures + 1;
      await this.#settle(item, answer, failures);
    }
    this.#busy = false;
  }

  async #settle(item, { status, retry_after_s }, failures) {
    if (status === 200) return this.#sent(item);
    if (status >= 400 && status < 500 && !PASSING.has(status)) return this.#failed(item, status);
    this.#events.slow(status === 429 ? Math.ceil(retry_after_s) : 0);
    await this.#pause(status === 429 ? retry_after_s * 1000 : backoff(failures));
    this.#events.slow(0);
  }

  #sent(item) {
    this.remove(item.id);
    this.#events.sent(item);
  }

  #failed(item, status) {
    item.failed = status;
    if (this.#items.includes(item)) save(this.#prefix + item.id, item);
    this.#events.failed(item);
  }

  #pause(ms) {
    return new Promise((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, ms);
    });
  }

  get #prefix() {
    return `giothong.out.${this.#seat}.`;
  }
}

/** {status, retry_after_s}; status 0 when no answer came. */
async function post(url, { order, failed, ...body }) {
  const abort = new AbortController();
  const alarm = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal: abort.signal,
    });
    const answer = await response.json().catch(() => ({}));
    return { status: response.status, retry_after_s: Number(answer.retry_after) || 1 };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(alarm);
  }
}

/* One key a message: two tabs of one seat never overwrite each other's queue. A browser may forbid storage altogether. */
function load(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix))
      .map((key) => JSON.parse(localStorage.getItem(key))).sort((a, b) => a.order - b.order);
  } catch {
    return [];
  }
}

function save(key, item) {
  try {
    localStorage.setItem(key, JSON.stringify(item));
  } catch { /* kept in memory only */ }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch { /* was never kept */ }
}

/** crypto.randomUUID exists on https and localhost only; a phone in the office network may come by plain http. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
