import { offerCopies } from "./code.js";
import { sayTimes } from "./times.js";
import { word } from "./words.js";

// New items. The event stream only says that something happened; what it was is asked for with the reader's own
// session, so that an ended seat shows nothing more. Without a stream the page asks every five seconds.
const QUIET_MS = 60;
const POLL_MS = 5000;
let feed = null;
let waiting = [];
let looking = new Set();
let timer = 0;
let polling = 0;
let busy = false;

function isReadingHere() {
  return window.scrollY < 160 && !feed.contains(document.activeElement);
}

function drawn(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  sayTimes(holder.content);
  offerCopies(holder.content);
  return holder.content;
}

function letIn(items, { isOwn = false } = {}) {
  const atEnd = feed.dataset.order === "oldest-first";
  for (const item of items) {
    if (document.getElementById(`p${item.id}`)) continue;
    const content = drawn(item.html);
    const post = content.firstElementChild;
    post.classList.add("arrived");
    if (atEnd) feed.append(content);
    else feed.prepend(content);
    window.htmx?.process(post);
    if (isOwn) post.scrollIntoView({ block: "nearest" });
  }
  if (items.length) document.getElementById("empty-feed")?.remove();
}

function announce() {
  const bar = document.getElementById("fresh");
  if (!bar) return;
  bar.hidden = waiting.length === 0;
  const button = bar.querySelector("button");
  button.textContent = waiting.length ? word("new", { n: waiting.length }) : "";
}

export function letAllIn() {
  letIn(waiting);
  waiting = [];
  announce();
}

function replace(changed) {
  for (const one of changed) {
    const old = document.getElementById(`p${one.id}`);
    if (!old || old.dataset.version === String(one.version)) continue;
    const hadFocus = old === document.activeElement;
    const fresh = drawn(one.html).firstElementChild;
    old.replaceWith(fresh);
    window.htmx?.process(fresh);
    if (hadFocus) fresh.focus();
  }
}

function takeAway(ids) {
  for (const id of ids) {
    waiting = waiting.filter((one) => String(one.id) !== String(id));
    document.getElementById(`p${id}`)?.remove();
  }
  announce();
}

/** Ask what is new since the newest item here, and let it in or announce it. */
export async function lookNow({ isOwn = false } = {}) {
  if (!feed || busy) {
    if (feed) schedule();
    return;
  }
  busy = true;
  const ids = [...looking];
  looking = new Set();
  const query = new URLSearchParams({ after: feed.dataset.newest, scope: feed.dataset.scope });
  if (ids.length) query.set("look", ids.join(","));
  try {
    const answer = await fetch(`/live/since?${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.status === 401 || answer.status === 404) return stop();
    if (!answer.ok) return;
    const told = await answer.json();
    feed.dataset.newest = told.newest;
    replace(told.changed);
    takeAway(told.gone);
    showCount(told.waiting);
    // Oldest first, so that each goes in after the one before it.
    const items = told.items.filter((one) => !document.getElementById(`p${one.id}`));
    const isMine = (one) => one.author === document.body.dataset.me;
    if (isReadingHere() && !waiting.length) {
      letIn(items, { isOwn });
    } else {
      letIn(items.filter(isMine), { isOwn });
      waiting.push(...items.filter((one) => !isMine(one) && !waiting.some((kept) => kept.id === one.id)));
    }
    if (told.present) takeAway([...feed.querySelectorAll(".post.reply")].map((one) => one.id.slice(1)).filter((id) => !told.present.includes(id)));
    announce();
  } catch {
    // Not reachable now: the next happening or the next poll asks again, from the same position.
  } finally {
    busy = false;
  }
}

function showCount(count) {
  if (count === undefined) return;
  for (const place of document.querySelectorAll("[data-waiting-count]")) {
    place.textContent = count ? String(count) : "";
    place.hidden = !count;
  }
}

function schedule() {
  clearTimeout(timer);
  timer = setTimeout(lookNow, QUIET_MS);
}

function happened(data) {
  try {
    const told = JSON.parse(data);
    const passage = String(told.passage ?? "");
    const isShown = passage && document.getElementById(`p${passage}`);
    if (isShown) looking.add(passage);
    // Somebody reacted to a post that is not on this page: nothing here is new.
    if ((told.kind === "revised" || told.kind === "redrawn") && !isShown) return;
  } catch {
    // Words we do not know still mean that something happened.
  }
  schedule();
}

function poll() {
  document.documentElement.dataset.live = "polling";
  // A stream that cannot be reached fails again every few seconds; that must not put the next question off for ever.
  if (polling) return;
  polling = setInterval(() => {
    if (document.visibilityState === "visible") lookNow();
  }, POLL_MS);
}

function listening() {
  clearInterval(polling);
  polling = 0;
  document.documentElement.dataset.live = "stream";
  schedule();
}

/** A seat of ours has ended somewhere: what this page may not show any more goes, whatever it was. */
async function seatsChanged() {
  if (!feed) return;
  for (const post of [...feed.querySelectorAll(".post")].slice(0, 20)) looking.add(post.id.slice(1));
  const query = new URLSearchParams({ after: feed.dataset.newest, scope: feed.dataset.scope });
  try {
    const answer = await fetch(`/live/since?${query}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.status === 404) location.reload();
    else schedule();
  } catch {
    schedule();
  }
}

function stop() {
  clearInterval(polling);
  polling = 0;
  feed = null;
}

// One stream for all tabs of a browser, since it opens few connections to one host: the tab that holds the lock
// listens and tells the others; when it closes, another takes the lock.
function listen(address) {
  const tabs = new BroadcastChannel("lockgate-live");
  let last = "";
  tabs.addEventListener("message", (event) => {
    if (event.data.open) listening();
    if (event.data.lost) poll();
    if (event.data.told) happened(event.data.told);
    if (event.data.seats) seatsChanged();
    if (event.data.last) last = event.data.last;
    if (event.data.ask && stream?.readyState === EventSource.OPEN) tabs.postMessage({ open: true, last });
  });
  let stream = null;
  poll();
  tabs.postMessage({ ask: true });
  const open = () =>
    new Promise((closed) => {
      stream = new EventSource(last ? `${address}?after=${last}` : address, { withCredentials: true });
      stream.addEventListener("open", () => {
        listening();
        tabs.postMessage({ open: true });
      });
      stream.addEventListener("passage", (event) => {
        last = event.lastEventId;
        tabs.postMessage({ told: event.data, last });
        happened(event.data);
      });
      stream.addEventListener("seats", () => {
        tabs.postMessage({ seats: true });
        seatsChanged();
      });
      stream.addEventListener("error", () => {
        poll();
        tabs.postMessage({ lost: true });
        if (stream.readyState === EventSource.CLOSED) closed();
      });
    });
  const hold = async () => {
    for (;;) {
      await open();
      await new Promise((after) => setTimeout(after, 30_000));
    }
  };
  if (navigator.locks) navigator.locks.request("lockgate-live", hold);
  else hold();
}

export function startLive() {
  feed = document.querySelector("[data-feed]");
  if (!feed) return;
  document.getElementById("fresh")?.querySelector("button").addEventListener("click", () => {
    letAllIn();
    if (feed.dataset.order !== "oldest-first") window.scrollTo({ top: 0 });
  });
  const address = document.querySelector('meta[name="lockgate-live"]')?.content;
  if (address) listen(address);
  else poll();
}
