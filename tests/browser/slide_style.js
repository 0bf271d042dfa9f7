// Evaluated on a slide that is shown completely; returns what keeps a hall from following it.
() => {
  const MOST_WORDS = 120; // code and printed numbers included, a live figure not
  const SMALLEST_CODE = 20; // pixels of 720
  const LEAST_CONTRAST = 4.5;
  const slide = Reveal.getCurrentSlide();
  const faults = new Set();
  const aside = "aside.notes, mjx-container, style, script, option, svg, .live, .unseen";
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest(aside);

  const texts = [];
  const walker = document.createTreeWalker(slide, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.data.trim() && seen(node.parentElement)) texts.push(node);
  }
  const words = texts.map((node) => node.data).join(" ").split(/\s+/).filter(Boolean);
  const whole = slide.textContent;

  if (![...slide.querySelectorAll("h1, h2, h3, h4")].some(seen)) faults.add("no heading");
  if (words.length > MOST_WORDS) faults.add(`${words.length} words, more than ${MOST_WORDS}`);
  if (words.join(" ").includes("not attempted yet")) faults.add("an exercise not attempted yet");
  if (Reveal.getIndices(slide).h === 0 && /\btests?\/\S/.test(whole)) {
    faults.add("a title slide with paths of tests");
  }

  // Contrast by WCAG, against the first ground that is painted
  const channels = (color) => color.match(/[\d.]+/g).map(Number);
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) =>
    0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  function ground(element) {
    for (let at = element; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] > 0.99) return color;
    }
    return [255, 255, 255];
  }
  for (const node of texts) {
    const element = node.parentElement;
    const style = getComputedStyle(element);
    const name = `"${node.data.trim().slice(0, 30)}"`;
    const [dark, light] = [luminance(channels(style.color)), luminance(ground(element))].sort();
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < LEAST_CONTRAST) faults.add(`contrast of ${contrast.toFixed(2)}: ${name}`);
    const size = parseFloat(style.fontSize);
    if (element.closest(".input") && size < SMALLEST_CODE) {
      faults.add(`code of ${size} pixels: ${name}`);
    }
  }
  return [...faults];
}
