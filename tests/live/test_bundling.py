"""Modules are joined as a browser would link them, and what is not understood is refused."""

import pytest

from course_lib.live.bundling import bundle, joined

FIGURE = "const render = () => {};\nexport default { render };\n"


def write(folder, **modules):
    """Write modules by name and return the folder."""
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder


def test_each_module_stands_once_and_before_its_users(tmp_path):
    write(
        tmp_path,
        base="export const one = 1;\n",
        left='import { one } from "./base.js";\nexport function two() { return 2 * one; }\n',
        top='import { one as unit } from "./base.js";\nimport { two } from "./left.js";\n' + FIGURE,
    )
    script = bundle(tmp_path / "top.js")
    places = [script.index(f"const {name}_js =") for name in ("base", "left", "top")]
    assert places == sorted(places) and script.count("const base_js =") == 1
    assert "const { one: unit } = base_js;" in script
    assert script.endswith("export default top_js.default;\n")


def test_a_module_that_hands_names_on_adds_nothing(tmp_path):
    write(
        tmp_path,
        a="export const a = 1;\n",
        b="export const b = 2;\n",
        all='export { a } from "./a.js";\nexport { b as c } from "./b.js";\n',
        top='import { c } from "./all.js";\n' + FIGURE,
    )
    script = bundle(tmp_path / "top.js")
    assert "const { b: c } = b_js;" in script
    assert "all_js" not in script and "a_js" not in script.replace("b_js", "")
    assert "return { a, c };" in joined(tmp_path / "all.js")


def test_all_forms_of_export_are_given_and_comments_left_out(tmp_path):
    text = (
        "// about\n/** f\n * of x */\nexport function f() {}\nexport async function g() {}\n"
        "export class C {}\n\nexport const [h, h_back] = [1, 2]; // kept\nconst own = 3;\n"
    )
    script = joined(write(tmp_path, many=text) / "many.js")
    assert "return { f, g, C, h, h_back };" in script
    assert "export" not in script and "about" not in script and "of x" not in script
    assert "// kept" in script and "const own = 3;" in script


FAULTS = {
    "no-default": ({"top": "export const a = 1;\n"}, "no default export"),
    "unknown-name": ({"top": 'import { no } from "./a.js";\n' + FIGURE, "a": ""}, "import of no"),
    "package": ({"top": 'import { a } from "d3";\n' + FIGURE}, "the line 'import { a } from"),
    "star": (
        {"top": 'import * as a from "./a.js";\n' + FIGURE, "a": ""},
        "the line 'import \\* as",
    ),
    "circle": (
        {
            "top": 'import { a } from "./a.js";\nexport const t = 1;\n' + FIGURE,
            "a": 'import { t } from "./top.js";\nexport const a = t;\n',
        },
        "the circle top.js → a.js → top.js",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_not_understood_is_refused(tmp_path, fault):
    modules, words = FAULTS[fault]
    with pytest.raises(ValueError, match=rf"^bundle received .*{words}"):
        bundle(write(tmp_path, **modules) / "top.js")


def test_two_modules_of_one_name_are_refused(tmp_path):
    (tmp_path / "inner").mkdir()
    write(tmp_path / "inner", top="export const a = 1;\n")
    write(tmp_path, top='import { a } from "./inner/top.js";\n' + FIGURE)
    with pytest.raises(ValueError, match="two modules of one name"):
        bundle(tmp_path / "top.js")


def test_a_missing_module_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.js"):
        bundle(write(tmp_path, top='import { a } from "./gone.js";\n' + FIGURE) / "top.js")
