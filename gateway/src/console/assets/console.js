// Times in the reader's zone, with UTC at hand. What changes is looked at again when the server says that something has
// changed; nothing is asked for while nobody looks, and nothing is moved that somebody reads or works with.
"use strict";

const live = document.getElementById("live");

function localize(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([title])")) {
    const moment = new Date(time.dateTime);
    if (isNaN(moment)) continue;
    time.title = time.textContent.trim();
    time.textContent = moment.toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" });
  }
}

function connected(yes) {
  const line = document.getElementById("connection");
  if (!line || line.hidden === yes) return;
  line.hidden = yes;
  line.textContent = yes ? "" : line.dataset.words;
}

// What is there stays as it is if it says the same, and while text in it is selected. What was opened, chosen or in focus in
// it stays so.
function keeps(there, comes) {
  const selection = getSelection();
  if (!selection.isCollapsed && there.contains(selection.anchorNode)) return true;
  localize(comes);
  for (const other of comes.querySelectorAll("details[id], input[type=checkbox][id]")) {
    const own = document.getElementById(other.id);
    if (own && own.open) other.open = true;
    if (own && own.checked) other.checked = true;
  }
  if (said(there) === said(comes)) return true;
  focused = there.contains(document.activeElement) ? document.activeElement.id : "";
  return false;
}

function said(part) {
  return part.outerHTML.replace(/ class="(gone)?"/g, "");
}

// What the page does not list any more stays where it is, and says so by its look.
function leftOut(answer) {
  for (const id of live.dataset.ids.split(" ")) {
    const there = document.getElementById(id);
    if (there) there.classList.toggle("gone", !answer.includes(`id="${id}"`));
  }
}

let source = null;
let due = null;
let focused = "";

function look() {
  due = null;
  if (live && !document.hidden) htmx.trigger(live, "look");
}

function soon() {
  if (due === null) due = setTimeout(look, 500);
}

function heard(event) {
  const told = JSON.parse(event.data);
  const [name, id] = (live.dataset.about || "").split(" ");
  const other = name && name in told ? String(told[name].Id ?? told[name]) : id;
  if (other === id) soon();
}

function rest() {
  if (source) source.close();
  source = null;
}

// A stream that breaks off is begun again by the browser, with the number of the last event; one that is refused, by us.
function listen() {
  if (!live || document.hidden || source) return;
  source = new EventSource(live.dataset.events);
  source.addEventListener("open", look);
  source.addEventListener("change", heard);
  source.addEventListener("outcome", heard);
  source.addEventListener("error", () => {
    if (source.readyState !== EventSource.CLOSED) return connected(false);
    rest();
    look();
    setTimeout(listen, 10000);
  });
}

document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden) event.preventDefault();
});
document.addEventListener("htmx:afterRequest", (event) => connected(event.detail.successful === true));
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 200) leftOut(event.detail.xhr.responseText);
});
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (keeps(event.detail.target, event.detail.fragment.firstElementChild)) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:oobAfterSwap", () => {
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  focused = "";
});
localize(document);
listen();
for (const area of document.querySelectorAll("[data-all]")) {
  area.hidden = false;
  area.addEventListener("change", () => {
    for (const box of document.querySelectorAll(area.dataset.all)) box.checked = area.querySelector("input").checked;
  });
}
