// Evaluated on a slide that is shown completely; returns what does not fit on it, in words.
() => {
  const slide = Reveal.getCurrentSlide();
  const area = { left: 0, top: 0, right: 1280, bottom: 720 };
  const footer = document.querySelector(".brand").getBoundingClientRect().top;
  const faults = new Set();
  const short = (text) => text.trim().slice(0, 40);

  const hidden = (element) =>
    !element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) ||
    element.closest("aside.notes, mjx-assistive-mml, style, script, option, .unseen");

  // The slide, and what live figures keep in shadow roots of their own
  const roots = [slide];
  for (const root of roots) {
    roots.push(...[...root.querySelectorAll("*")].map((element) => element.shadowRoot).filter(Boolean));
  }

  const outside = (box) =>
    box.left < area.left - 1 || box.top < area.top - 1 ||
    box.right > area.right + 1 || box.bottom > area.bottom + 1;

  function judge(box, name) {
    if (box.width < 1 || box.height < 1) return;
    if (outside(box)) faults.add(`outside the slide: ${name}`);
    else if (box.bottom > footer + 1) faults.add(`runs into the footer: ${name}`);
  }

  // Text, by the boxes of its letters
  const texts = roots.flatMap((root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    return found;
  });
  let letters = 0;
  for (const node of texts) {
    if (!node.data.trim() || hidden(node.parentElement)) continue;
    letters += node.data.trim().length;
    const range = document.createRange();
    range.selectNodeContents(node);
    [...range.getClientRects()].forEach((box) => judge(box, `"${short(node.data)}"`));
    if (/\$\$|\\[a-z]+\{/.test(node.data) && !node.parentElement.closest("code, pre")) {
      faults.add(`formula that cannot be read: "${short(node.data)}"`);
    }
    const scale = node.parentElement.ownerSVGElement?.getScreenCTM().a ?? 1;
    const size = scale * parseFloat(getComputedStyle(node.parentElement).fontSize);
    if (size < 13) faults.add(`type of ${size} pixels is too small: "${short(node.data)}"`);
  }

  // Everything with a box of its own; a clipped box must not hide a part of what it holds
  let drawings = 0;
  for (const element of roots.flatMap((root) => [...root.querySelectorAll("*")])) {
    if (hidden(element)) continue;
    const name = element.tagName.toLowerCase();
    const box = element.getBoundingClientRect();
    if (["img", "table", "video", "canvas", "svg"].includes(name)) {
      drawings += 1;
      judge(box, name);
    }
    if (name === "img" && box.height < 200) faults.add("figure squeezed below 200 pixels");
    if (name === "img" && !element.alt.trim()) faults.add("figure without alt text");
    if (name === "img" && !element.naturalWidth) faults.add("figure that cannot be shown");
    if (element.matches("[data-mml-node=merror], [data-mml-node=mtext][fill=red]")) {
      faults.add("formula that cannot be read");
    }
    const style = getComputedStyle(element);
    const clipsWide = style.overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1;
    const clipsHigh = style.overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1;
    if (!element.closest("svg") && element.clientWidth && (clipsWide || clipsHigh)) {
      faults.add(`clipped: ${name} "${short(element.textContent)}"`);
    }
  }
  if (!letters && !drawings) faults.add("empty slide");
  return [...faults];
}
