// The page that says there is no network: drafts that this device keeps, and a place to write one more.
const me = localStorage.getItem("lockgate:me");
const list = document.querySelector("[data-kept]");
const form = document.querySelector("[data-writes]");
const NEW = "lockgate:draft:new";

function kept(key) {
  try {
    const one = JSON.parse(localStorage.getItem(key));
    return one && one.me === me ? one : null;
  } catch {
    return null;
  }
}

if (me && form && list) {
  const words = form.querySelector("textarea");
  const line = form.querySelector("[role=status]");
  words.value = kept(NEW)?.body ?? "";
  form.hidden = false;
  words.addEventListener("input", () => {
    if (words.value.trim()) localStorage.setItem(NEW, JSON.stringify({ me, body: words.value }));
    else localStorage.removeItem(NEW);
    line.textContent = line.dataset.said;
  });
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith("lockgate:draft:") && one !== NEW)) {
    const one = kept(key);
    if (!one) continue;
    const item = document.createElement("li");
    item.textContent = one.body;
    list.append(item);
  }
  list.parentElement.hidden = !list.children.length;
}
window.addEventListener("online", () => location.reload());
for (const button of document.querySelectorAll("[data-again]")) button.addEventListener("click", () => location.reload());
