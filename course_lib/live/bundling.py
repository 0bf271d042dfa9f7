"""Join the modules of a figure into one script: no npm, no build step.

Only what our own modules use is understood: `import { a, b as c } from "./x.js";`,
`export { a, b } from "./x.js";`, and `export` before a function, const or class. A module that
only hands names on adds nothing to the script, so a figure carries what it uses of `nn.js`.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from course_lib.errors import InvalidValue

IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
REEXPORT = re.compile(r'^export \{([^}]*)\} from "(\.[^"]+)";\n', re.MULTILINE)
EXPORT = re.compile(
    r"^export (?:async )?(?:const|function|class) (\w+|\[[\w, ]+\])", re.MULTILINE
)  # the brackets: `export const [relu, relu_backward] = ...`
DEFAULT = re.compile(r"^export default (\{[^;]*\});$", re.MULTILINE)
OTHER = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)
LINE_COMMENT = re.compile(r"^[ \t]*//[^\n]*\n|^\n", re.MULTILINE)
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
BLOCK_COMMENT = re.compile(r"^[ \t]*/\*\*.*?\*/[ \t]*\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Module:
    """One file: its text without imports, and what it takes from others and gives."""

    path: Path
    body: str
    imports: tuple[tuple[str, str, Path], ...]  # name there, name here, file
    reexports: dict[str, tuple[str, Path]]  # name here: name there, file
    exports: tuple[str, ...]
    default: str | None

    @property
    def variable(self) -> str:
        """Name what holds the exports of this module in the script."""
        return f"{self.path.stem}_js"


def bundle(module: Path) -> str:
    r"""Join a figure's module and all that it uses into one ES module, as anywidget wants it.

    Parameters
    ----------
    module : Path
        A file with `export default { render, numbers };`.

    Returns
    -------
    str
        JavaScript with a default export and without imports; comments are left out.

    Raises
    ------
    FileNotFoundError
        If a module that is imported is missing.
    ValueError
        If there is no default export, a name is imported that is not exported, modules import
        each other in a circle, two have the same name, or an import has another form.

    Examples
    --------
    >>> from course_lib import live
    >>> script = bundle(Path(live.__file__).with_name("example.js"))
    >>> "\nimport " in script, "\nexport default " in script
    (False, True)
    """
    if _read(module).default is None:
        raise _fault(module, "no default export", "export default { render, numbers };")
    return f"{joined(module)}export default {module.stem}_js.default;\n"


def joined(*modules: Path) -> str:
    """Write each module, and each that it uses, once, as a constant such as `figure_js`.

    The constant holds all that the module exports, for these modules also what they only hand on.
    """
    order: dict[Path, Module] = {}
    for module in modules:
        _collect(_with_reexports(_read(module.resolve())), order, ())
    names = [module.variable for module in order.values()]
    for name in {name for name in names if names.count(name) > 1}:
        twice = [str(m.path) for m in order.values() if m.variable == name]
        raise InvalidValue(
            "bundle",
            received=f"two modules of one name: {', '.join(twice)}",
            needed="file names that differ",
            fix="rename one of them",
        )
    return "".join(_as_constant(module) for module in order.values())


def _collect(module: Module, order: dict[Path, Module], above: tuple[Path, ...]) -> None:
    """Put a module into `order`, behind all it imports."""
    path = module.path
    if path in above:
        circle = " → ".join(p.name for p in (*above[above.index(path) :], path))
        raise _fault(path, f"the circle {circle}", "imports in one direction")
    if path not in order:
        module = _resolved(module)
        for file in dict.fromkeys(file for _, _, file in module.imports):
            _collect(_read(file), order, (*above, path))
        order[path] = module


def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    imports = [
        (there, here, (path.parent / file).resolve())
        for names, file in IMPORT.findall(text)
        for there, here in _pairs(names)
    ]
    reexports = {
        here: (there, (path.parent / file).resolve())
        for names, file in REEXPORT.findall(text)
        for there, here in _pairs(names)
    }
    default = DEFAULT.search(text)
    body = DEFAULT.sub("", REEXPORT.sub("", IMPORT.sub("", text)))
    exports = tuple(name for found in EXPORT.findall(body) for name in re.findall(r"\w+", found))
    body = re.sub(r"^export (?=(?:async )?(?:const|function|class) )", "", body, flags=re.MULTILINE)
    strange = OTHER.search(body)
    if strange:
        raise _fault(path, f"the line {strange[0]!r}", 'such as `import { a } from "./x.js";`')
    return Module(path, body, tuple(imports), reexports, exports, default and default[1])


def _pairs(names: str) -> list[tuple[str, str]]:
    """Split `a, b as c` into (name there, name here)."""
    parts = [part.split() for part in names.split(",") if part.strip()]
    return [(part[0], part[-1]) for part in parts]


def _resolved(module: Module) -> Module:
    """Let each import point at the module that defines the name, not at one that hands it on."""
    found = tuple((*_origin(there, file), here) for there, here, file in module.imports)
    imports = tuple((there, here, file) for there, file, here in found)
    return replace(module, imports=imports)


def _with_reexports(module: Module) -> Module:
    """Take the names that a module hands on, so that its constant holds them too."""
    taken = [(there, here, file) for here, (there, file) in module.reexports.items()]
    exports = (*module.exports, *module.reexports)
    return replace(module, imports=(*module.imports, *taken), exports=exports)


def _origin(name: str, path: Path) -> tuple[str, Path]:
    module = _read(path)
    if name in module.exports:
        return name, path
    if name in module.reexports:
        return _origin(*module.reexports[name])
    raise _fault(path, f"an import of {name}", f"one of {', '.join(module.exports)}")


def _as_constant(module: Module) -> str:
    """Wrap a module in a function, so that its private names stay its own."""
    files = dict.fromkeys(file for _, _, file in module.imports)
    lines = []
    for file in files:
        taken = [(there, here) for there, here, source in module.imports if source == file]
        names = ", ".join(a if a == b else f"{a}: {b}" for a, b in taken)
        lines.append(f"const {{ {names} }} = {file.stem}_js;\n")
    given = [*module.exports, *([f"default: {module.default}"] if module.default else [])]
    body = INDENT.sub("", LINE_COMMENT.sub("", BLOCK_COMMENT.sub("", module.body)))
    opening, closing = f"const {module.variable} = (() => {{\n", "})();\n"
    return f"{opening}{''.join(lines)}{body}return {{ {', '.join(given)} }};\n{closing}"


def _fault(path: Path, received: str, needed: str) -> InvalidValue:
    return InvalidValue(
        "bundle", received=f"{path.name} with {received}", needed=needed, fix=f"change {path.name}"
    )
