import { markUnread } from "./reading.js";
import { ask } from "./words.js";

// One's own marks are not in a kept post, which is the same for everybody: they are asked for once the page stands, and
// laid over again whenever a post is drawn anew.
const TOGETHER_MS = 30;
const reacted = new Map();
const saved = new Set();
const known = new Set();
let unmarked = new Set();
let asking = 0;

const numberOf = (post) => post.id.slice(1);

function layOver(post) {
  const id = numberOf(post);
  const mine = reacted.get(id) ?? [];
  for (const chip of post.querySelectorAll("[data-reactions] [data-react]")) {
    chip.setAttribute("role", "button");
    chip.setAttribute("aria-pressed", String(mine.includes(chip.dataset.react)));
  }
  post.querySelector("[data-save]")?.setAttribute("aria-pressed", String(saved.has(id)));
}

async function askForMarks() {
  const ids = [...unmarked];
  unmarked = new Set();
  for (let first = 0; first < ids.length; first += 100) {
    const some = ids.slice(first, first + 100);
    try {
      const answer = await fetch(`/marks.json?of=${some.join(",")}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (!answer.ok) return;
      const told = await answer.json();
      for (const id of some) known.add(id);
      for (const [id, kinds] of Object.entries(told.reacted)) reacted.set(id, kinds);
      for (const id of told.saved) saved.add(id);
      for (const id of told.unread) {
        const post = document.getElementById(`p${id}`);
        if (post) markUnread(post);
      }
    } catch {
      return;
    }
    for (const id of some) {
      const post = document.getElementById(`p${id}`);
      if (post) layOver(post);
    }
  }
}

// The same few buttons below every post: brought once by the page, not thirty times.
function equip(post) {
  const line = post.querySelector(":scope > .acts");
  if (!line || post.classList.contains("reply") || line.querySelector("[data-save]")) return;
  const tools = document.getElementById("post-tools").content.cloneNode(true);
  const bar = tools.querySelector("[data-reactions]");
  bar.querySelector("a").href = `/passages/${numberOf(post)}/reactions`;
  const end = line.querySelector(".seen");
  const had = line.querySelector("[data-reactions]");
  line.insertBefore(tools.querySelector("[data-save]"), had ?? end);
  if (!had) line.insertBefore(bar, end);
  else if (!had.querySelector("[data-react-menu]")) had.append(bar.querySelector("a"));
}

function meet(post) {
  equip(post);
  if (known.has(numberOf(post))) return layOver(post);
  unmarked.add(numberOf(post));
  clearTimeout(asking);
  asking = setTimeout(askForMarks, TOGETHER_MS);
}

function meetAll(within) {
  if (within.matches?.("article.post[id]")) meet(within);
  for (const post of within.querySelectorAll?.("article.post[id]") ?? []) meet(post);
}

async function react(post, kind) {
  const id = numberOf(post);
  const isOn = !(reacted.get(id) ?? []).includes(kind);
  const told = await ask(`/passages/${id}/reactions`, new URLSearchParams({ kind, on: isOn ? "1" : "0" }));
  if (told.error) return;
  reacted.set(id, told.mine);
  known.add(id);
  const here = document.getElementById(`p${id}`);
  const bar = here?.querySelector("[data-reactions]");
  if (!bar) return;
  bar.outerHTML = told.html;
  layOver(here);
  here.querySelector(`[data-reactions] [data-react="${kind}"], [data-reactions] [data-react-menu]`)?.focus();
}

async function save(post, button) {
  const id = numberOf(post);
  const told = await ask(`/passages/${id}/saved`, new URLSearchParams({ on: saved.has(id) ? "0" : "1" }));
  if (told.error) return;
  if (told.saved) saved.add(id);
  else saved.delete(id);
  button.setAttribute("aria-pressed", String(told.saved));
}

// One menu for all posts; it opens at the post's own button.
function openMenu(post, opener) {
  const menu = document.getElementById("react-menu");
  const mine = reacted.get(numberOf(post)) ?? [];
  menu.dataset.post = post.id;
  for (const choice of menu.querySelectorAll("[data-choice]")) {
    choice.setAttribute("aria-pressed", String(mine.includes(choice.dataset.choice)));
  }
  menu.querySelector("a").href = opener.href;
  menu.querySelector("[data-why]").href = `/passages/${numberOf(post)}/why`;
  opener.closest("[data-reactions]").after(menu);
  menu.hidden = false;
  menu.querySelector("button").focus();
}

function closeMenu(isBack) {
  const menu = document.getElementById("react-menu");
  if (!menu || menu.hidden) return;
  const opener = document.getElementById(menu.dataset.post)?.querySelector("[data-reactions] [data-react-menu]");
  menu.hidden = true;
  document.body.append(menu);
  if (isBack) opener?.focus();
}

export function startMarks() {
  const menu = document.getElementById("react-menu");
  if (!menu) return;
  meetAll(document);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) meetAll(node);
  }).observe(document.getElementById("main"), { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const choice = event.target.closest("#react-menu [data-choice]");
    if (choice) {
      const post = document.getElementById(menu.dataset.post);
      closeMenu(false);
      if (post) react(post, choice.dataset.choice);
      return;
    }
    const post = event.target.closest("article.post[id]");
    const chip = event.target.closest("[data-react]");
    const opener = event.target.closest("[data-react-menu]");
    const keeper = event.target.closest("[data-save]");
    if (!event.target.closest("#react-menu")) {
      const wasHere = menu.dataset.post === post?.id && !menu.hidden;
      closeMenu(false);
      if (opener && wasHere) return event.preventDefault();
    }
    if (!post) return;
    if (chip) {
      event.preventDefault();
      react(post, chip.dataset.react);
    } else if (opener) {
      event.preventDefault();
      openMenu(post, opener);
    } else if (keeper) {
      save(post, keeper);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenu(true);
    if (event.key === " " && event.target.closest?.("[data-react]")) {
      event.preventDefault();
      event.target.click();
    }
  });
}
