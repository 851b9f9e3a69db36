/** One message as elements: text, file card, place card, buttons. */

import { el, icon, logo } from "./dom.js";
import { richText, safeUrl } from "./text.js";

const MARKS = { pending: "wait", sent: "check", failed: "warn" };

/** The row of one message; `act` has words, times, language, send({text} | {choice, label}), again(item). */
export function messageRow(message, act) {
  const mine = message.from === "me";
  const bubble = el("div", { class: "bubble", "data-id": message.id, "data-from": message.from });
  fillBubble(bubble, message, act);
  return el("div", { class: `message ${mine ? "me" : "bot"}` },
    mine ? null : el("span", { class: "face", "aria-hidden": "true" }, logo()),
    el("div", { class: "stack" },
      el("span", { class: "unseen" }, `${mine ? act.words.me ?? "" : act.title}: `),
      bubble, choiceRows(message.choices, act)));
}

/** Puts the text and cards of `message` into its bubble, in place of what was there. */
export function fillBubble(bubble, message, act) {
  const text = message.from === "bot" ? richText(message.text, (command) => act.send({ text: command })) : [message.text];
  bubble.replaceChildren(...[
    message.text ? el("p", { class: "text" }, ...text) : null,
    message.file && (message.file.picture ? picture(message.file, message.text) : fileCard(message.file, act)),
    message.place && placeCard(message.place, act),
    meta(message, act),
  ].filter(Boolean));
}

/** Shows how far a message of mine is: pending, sent, failed (with a button to try again) or, echoed, nothing. */
export function markBubble(bubble, state, { item = null, words, again }) {
  bubble.dataset.status = state;
  bubble.querySelector(".mark")?.replaceChildren(icon(MARKS[state]), el("span", { class: "unseen" }, words[state] ?? ""));
  bubble.parentNode.querySelector(".trouble")?.remove();
  if (state !== "failed") return;
  const reason = item.failed === 413 ? words.too_long : words.failed;
  bubble.after(el("p", { class: "trouble" }, `${reason ?? ""} `,
    el("button", { type: "button", class: "again", onclick: () => again(item) }, words[item.text ? "edit" : "retry"] ?? "↻")));
}

function meta(message, { times }) {
  const at = Date.parse(message.at);
  return el("span", { class: "meta" },
    el("time", { datetime: message.at, title: times.date(at) }, times.time(at)),
    message.from === "me" ? el("span", { class: "mark" }) : null);
}

function choiceRows(rows, act) {
  if (!rows?.length) return null;
  return el("div", { class: "choices" }, ...rows.map((row) => el("div", { class: "row" }, ...row.map((choice) =>
    el("button", {
      type: "button", class: `choice ${choice.kind ?? "answer"}`, "data-value": choice.value,
      /* detail counts clicks on one spot: the second half of a double click is not a second answer */
      onclick: (event) => event.detail > 1 || act.send({ choice: choice.value, label: choice.label }),
    }, choice.label)))));
}

function picture({ name, url }, text) {
  const src = safeUrl(url);
  /* the words beside it say what it is; a reader that shows no pictures gets its name */
  return src ? el("a", { class: "picture", href: src, download: name }, el("img", { src, alt: text ? "" : name, width: 260, height: 260 })) : null;
}

function fileCard({ name, url, size }, { words, language }) {
  const href = safeUrl(url);
  const parts = [
    el("span", { class: "badge" }, icon("file"), el("span", { class: "kind" }, /\.(\w{1,4})$/.exec(name)?.[1] ?? "")),
    el("span", { class: "about" }, el("strong", {}, name), el("small", {}, sizeText(size, language))),
    el("span", { class: "action" }, icon("download"), el("span", { class: "unseen" }, words.download ?? "")),
  ];
  return href ? el("a", { class: "file", href, download: name }, ...parts) : el("span", { class: "file" }, ...parts);
}

function sizeText(bytes, language) {
  if (!Number.isFinite(bytes)) return "";
  const [amount, unit] = bytes < 1000 ? [bytes, "B"] : bytes < 1e6 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${amount.toLocaleString(language, { maximumFractionDigits: amount < 10 ? 1 : 0 })} ${unit}`;
}

function placeCard({ name, address, lat, lon }, { words }) {
  const known = Number.isFinite(lat) && Number.isFinite(lon);
  const query = known ? `?mlat=${lat}&mlon=${lon}#map=17/${lat}/${lon}` : `search?query=${encodeURIComponent(address || name)}`;
  return el("div", { class: "place" },
    el("span", { class: "badge" }, icon("pin")),
    el("span", { class: "about" }, el("strong", {}, name), el("small", {}, address === name ? "" : (address ?? ""))),
    el("a", { class: "map", href: `https://www.openstreetmap.org/${query}`, target: "_blank", rel: "noopener noreferrer" },
      words.map ?? "OpenStreetMap", icon("out")));
}
