import { word } from "./words.js";

/** Each block of code under `root` gets a button that copies it. */
export function offerCopies(root) {
  for (const block of root.querySelectorAll(".text pre")) {
    if (block.parentElement.classList.contains("code-box")) continue;
    const box = document.createElement("div");
    const button = document.createElement("button");
    box.className = "code-box";
    button.type = "button";
    button.textContent = word("copy");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.textContent);
      button.textContent = word("copied");
    });
    block.replaceWith(box);
    box.append(block, button);
  }
}
