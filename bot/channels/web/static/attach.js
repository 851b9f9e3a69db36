/** The button that sends a file, for those who may: the bytes go at once, with a bar; what did not arrive is picked again. */

import { el, icon } from "./dom.js";
import { uuid } from "./outbox.js";

const NOTICE_MS = 8_000;

export class Attach {
  #chat; #limit = 0; #button; #input;

  /** Puts the button into `form`; it stays hidden until `allow`. */
  constructor(form, chat) {
    this.#chat = chat;
    this.#input = el("input", { type: "file", name: "file", accept: ".xlsx,.csv,.toml,image/jpeg,image/png,image/webp", hidden: true, onchange: () => this.#picked() });
    this.#button = el("button", { type: "button", class: "attach", hidden: true, onclick: () => this.#input.click() }, icon("clip"));
    form.prepend(this.#button, this.#input);
  }

  /** `bytes`: the longest file this person may send; 0 for none. */
  allow(bytes) {
    this.#limit = bytes;
    this.#button.hidden = !bytes;
    this.#button.setAttribute("aria-label", this.#chat.words.attach ?? "");
    this.#button.title = this.#chat.words.attach ?? "";
  }

  #picked() {
    const [file] = this.#input.files;
    this.#input.value = "";
    if (!file) return;
    if (file.size > this.#limit) return this.#chat.notice(this.#chat.words.upload_large, NOTICE_MS);
    this.#send(file);
  }

  /* fetch() does not tell how far it is. */
  #send(file) {
    const request = new XMLHttpRequest();
    request.open("POST", `/chat/${this.#chat.seat}/upload?id=${uuid()}&name=${encodeURIComponent(file.name.slice(-200))}`);
    request.upload.onprogress = ({ loaded, total }) => this.#show(loaded, total);
    request.onloadend = () => this.#ended(request.status);
    this.#button.disabled = true;
    this.#show(0, file.size);
    request.send(file);
  }

  #show(done, total) {
    this.#chat.progress({ text: this.#chat.words.uploading ?? "", done, total });
  }

  #ended(status) {
    this.#button.disabled = false;
    this.#chat.progress({ done: null });
    if (status === 200) return;
    const { upload_failed, upload_large } = this.#chat.words;
    this.#chat.notice(status === 413 ? upload_large : upload_failed, NOTICE_MS);
  }
}
