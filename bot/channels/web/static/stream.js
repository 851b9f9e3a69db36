/** The event stream of one seat: reads, notices silence, comes back by itself. */

/* The server sends a heartbeat every 15 s; twice missed and a bit means the line is dead though TCP has not noticed. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 30_000;

/** How long to wait before try number `failures` + 1: doubling, with jitter so that thousands do not return at once. */
export function backoff(failures) {
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures);
  return wait * (0.75 + Math.random() / 2);
}

export class Stream {
  #address; #onEvent; #onState; #abort = null; #wake = () => {}; #run = 0; #on = false; #opened = false; #heard_ms = 0;

  /** `address()` gives the URL for the next connection; `onState` hears connecting (just lost) and offline (not found again). */
  constructor(address, { onEvent, onState }) {
    this.#address = address;
    this.#onEvent = onEvent;
    this.#onState = onState;
  }

  async start() {
    if (this.#on) return;
    this.#on = true;
    const run = ++this.#run;
    for (let failures = 0; ; ) {
      this.#opened = false;
      await this.#read().catch(() => {});
      if (run !== this.#run) return;
      failures = this.#opened ? 0 : failures + 1;
      this.#onState(failures ? "offline" : "connecting");
      await new Promise((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, backoff(failures));
      });
      if (run !== this.#run) return;
    }
  }

  stop() {
    this.#on = false;
    this.#run += 1;
    this.restart();
  }

  /** Drops the connection, if any, and tries again at once. */
  restart() {
    this.#abort?.abort();
    this.#wake();
  }

  /** For a page that comes back: try at once when waiting, or when the line has been silent. */
  poke() {
    if (Date.now() - this.#heard_ms > SILENCE_MS / 2) this.restart();
    else this.#wake();
  }

  async #read() {
    const abort = new AbortController();
    this.#abort = abort;
    let alarm = setTimeout(() => abort.abort(), SILENCE_MS);
    try {
      const response = await fetch(this.#address(), {
        headers: { Accept: "text/event-stream" }, cache: "no-store", signal: abort.signal,
      });
      this.#opened = response.ok;
      if (response.ok) await readEvents(response.body.getReader(), this.#onEvent, () => {
        this.#heard_ms = Date.now();
        clearTimeout(alarm);
        alarm = setTimeout(() => abort.abort(), SILENCE_MS);
      });
    } finally {
      clearTimeout(alarm);
      abort.abort();
    }
  }
}

async function readEvents(reader, onEvent, onBytes) {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    blocks.map(parseEvent).filter(Boolean).forEach((event) => onEvent(event.name, event.data));
  }
}

/** {name, data} of one block, or null for a heartbeat comment. */
function parseEvent(block) {
  const fields = { event: "message", data: [] };
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === "data") fields.data.push(value);
    else if (name) fields[name] = value;
  }
  return fields.data.length ? { name: fields.event, data: JSON.parse(fields.data.join("\n")) } : null;
}
