// Dark, light, or as the system has it; remembered in this browser.

import { attribute, text } from "./dom.js";

const CHOICES = {
  auto: ["◐", "as the system has them"],
  light: ["☀", "light"],
  dark: ["☾", "dark"],
};

/** Let a button go through the choices; `changed()` is called when colours are others. */
export function chooseTheme(button, changed) {
  const names = Object.keys(CHOICES);
  let chosen = names.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto";
  const show = () => {
    const [sign, says] = CHOICES[chosen];
    attribute(document.documentElement, "data-theme", chosen === "auto" ? null : chosen);
    text(button, sign);
    attribute(button, "aria-label", `Colours: ${says}`);
    attribute(button, "title", `Colours: ${says}`);
    changed();
  };
  button.addEventListener("click", () => {
    chosen = names[(names.indexOf(chosen) + 1) % names.length];
    localStorage.setItem("theme", chosen);
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  show();
}
