// Read by MathJax when it starts: TeX between dollars, drawn as SVG, so no fonts are fetched.
window.MathJax = {
  tex: {
    inlineMath: [["$", "$"], ["\\(", "\\)"]],
    displayMath: [["$$", "$$"], ["\\[", "\\]"]],
    processEscapes: true,
    tags: "ams",
  },
  svg: { fontCache: "global" },
  options: { ignoreHtmlClass: "input|output|brand", processHtmlClass: "text", enableMenu: false },
};
