import { ask, csrfToken, word } from "./words.js";

// What is typed is kept on the server a second after the last key, and once more when the page is left.
const IDLE_MS = 1000;

export function startAutosave(form) {
  const address = form.dataset.draft;
  if (!address) return { forget() {}, touch() {} };
  const line = form.querySelector("[data-saved]");
  let timer = 0;
  let dirty = false;

  function fields() {
    const given = new FormData(form);
    given.delete("files");
    given.delete("csrfmiddlewaretoken");
    return new URLSearchParams([...given.entries()].filter(([, value]) => typeof value === "string"));
  }

  async function save() {
    dirty = false;
    const told = await ask(address, fields());
    if (line) line.textContent = told.error ? told.sentence || "" : word("saved");
    if (told.error === "offline") dirty = true;
  }

  function touch() {
    dirty = true;
    if (line) line.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, IDLE_MS);
  }

  form.addEventListener("input", touch);
  window.addEventListener("pagehide", () => {
    if (!dirty) return;
    const kept = fields();
    kept.set("csrfmiddlewaretoken", csrfToken());
    navigator.sendBeacon(address, kept);
  });
  return {
    touch,
    forget() {
      clearTimeout(timer);
      dirty = false;
      if (line) line.textContent = "";
    },
  };
}
