// Small manners of single pages.
export function startPages() {
  // A person's own time zone goes with a time to send, since the field itself knows none.
  for (const field of document.querySelectorAll('input[name="time_zone"]')) {
    field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  }
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-sends]")) event.target.form.requestSubmit();
  });
  // What cannot be undone asks first, and names what is lost.
  document.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.asks ?? event.target.dataset.asks;
    if (question && !window.confirm(question)) event.preventDefault();
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    button.textContent = button.dataset.copied;
  });
}
