"""The GitHub Action does what it says: its scripts are run here by bash, as a runner does it, in real repositories."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]

BRIDGE = "The council approved the new bridge on Monday after a debate of three hours in the old hall."
BANK = "Work on the eastern bank begins in spring and is to last for two years, or so they say."

bash = pytest.mark.skipif(os.name == "nt", reason="the scripts are run by a POSIX bash here")


def git(*words: str) -> str:
    command = ["git", "-c", "user.name=n", "-c", "user.email=n@example.org", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def write(name: str, *paragraphs: str) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")


class Runner:
    """As much of a runner as the action meets: expressions, environment files, and bash with its flags."""

    def __init__(self, folder: Path) -> None:
        self.temp = folder / "runner's temp"
        self.temp.mkdir()
        programs = folder / "bin"
        programs.mkdir()
        # As pip writes it: what lies in the working directory is not on its path.
        (programs / "cleaner").write_text(f"#!{sys.executable}\nfrom cleaner.cli import run\nrun()\n", encoding="utf-8")
        (programs / "cleaner").chmod(0o755)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("CLEANER_", "GIT_", "GITHUB_", "INPUT_"))} | {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder / "config"), "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C.UTF-8",
            "RUNNER_TEMP": str(self.temp), "GITHUB_ACTION_PATH": str(ROOT),
        }  # fmt: skip
        self.summary = ""

    def run(self, event: dict[str, str] | None = None, **inputs: str) -> tuple[int, dict[str, str], str, str]:
        """Run all steps; return status, the outputs, and what was printed. Inputs are named with _ for -."""
        given = {name: value["default"] for name, value in ACTION["inputs"].items()} | {"package": "installed", "python": sys.executable}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        assert given.keys() == ACTION["inputs"].keys()
        known = {f"inputs.{name}": value for name, value in given.items()} | (event or {})
        status, out, err = 0, "", ""
        (self.temp / "summary").write_text("", encoding="utf-8")
        for step in STEPS:
            if "uses" in step:
                continue  # another action; see the test of what it is handed
            script, told = self.temp / "script.sh", self.temp / "output"
            script.write_text(step["run"], encoding="utf-8")
            told.write_text("", encoding="utf-8")
            surroundings = self.environment | {name: self.value(text, known) for name, text in step.get("env", {}).items()}
            surroundings |= {"GITHUB_OUTPUT": str(told), "GITHUB_STEP_SUMMARY": str(self.temp / "summary")}
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
                env=surroundings, capture_output=True, text=True, encoding="utf-8", check=False, stdin=subprocess.DEVNULL,
            )  # fmt: skip
            out, err, status = out + done.stdout, err + done.stderr, done.returncode
            for line in told.read_text(encoding="utf-8").splitlines():
                name, _, value = line.partition("=")
                known[f"steps.{step['id']}.outputs.{name}"] = value
            if status:
                break
        self.summary = (self.temp / "summary").read_text(encoding="utf-8")
        return status, {name: self.value(each["value"], known) for name, each in ACTION["outputs"].items()}, out, err

    def value(self, text: str, known: dict[str, str]) -> str:
        """Put values in place of `${{ a || b }}`; what is not known is empty, as on a runner."""
        return re.sub(r"\$\{\{ ([^}]+) \}\}", lambda found: next((known[name] for name in found[1].split(" || ") if known.get(name)), ""), text)


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A runner in a repository with one commit: a sound article and one with an old repeat."""
    (tmp_path / "a repository").mkdir()
    monkeypatch.chdir(tmp_path / "a repository")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git("init", "-q", "-b", "main")
    write("sound.md", "# Bridge", BRIDGE, BANK)
    write("old.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    git("add", "-A")
    git("commit", "-qm", "one")
    return Runner(tmp_path)


# --- the file -------------------------------------------------------------------------------------------------------


def test_every_expression_names_something_that_is_there() -> None:
    """Inputs that are used are declared and the other way round; outputs are those of a step that writes them."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"\binputs\.([\w-]+)", text)) == ACTION["inputs"].keys()
    scripts = {step["id"]: step.get("run", "") for step in STEPS}
    used = re.findall(r"\bsteps\.([\w-]+)\.outputs\.([\w-]+)", text)
    assert used
    for step, name in used:
        assert f'{name}=' in scripts[step], (step, name)
    assert all(each["description"] for each in (*ACTION["inputs"].values(), *ACTION["outputs"].values()))


def test_no_expression_stands_in_a_script() -> None:
    """What others may write (a branch's name, a title) reaches a script as an environment variable and never as a part of it."""
    for step in STEPS:
        assert "${{" not in step.get("run", "")
        assert set(step) <= {"id", "if", "shell", "env", "run", "uses", "with"}
        assert step.get("shell") == ("bash" if "run" in step else None)
        # An input that became a variable named CLEANER_ would be taken for a setting.
        assert not any(name.startswith(("CLEANER_", "GITHUB_", "PYTHON", "PIP_")) for name in step.get("env", {}))


def test_the_upload_is_asked_for_and_gets_the_file() -> None:
    """It is the only step of somebody else, and it comes before the one that fails."""
    [upload] = [step for step in STEPS if "uses" in step]
    assert upload["if"] == "inputs.sarif == 'upload'"
    assert upload["with"] == {"sarif_file": "${{ steps.check.outputs.sarif-file }}", "category": "${{ inputs.category }}"}
    assert [step["id"] for step in STEPS] == ["install", "check", "upload", "verdict"]


# --- the scripts ----------------------------------------------------------------------------------------------------


@bash
def test_findings_are_annotated_counted_and_fail_the_job(runner: Runner) -> None:
    """Outputs hold the counts, the log the annotations, the summary a page; the settings of the repository hold."""
    write("sourdough.md", (ROOT / "seeds" / "sourdough.md").read_text(encoding="utf-8"))
    status, outputs, out, _ = runner.run()
    report = json.loads(Path(outputs["report-file"]).read_text(encoding="utf-8"))
    assert (status, outputs["findings"], outputs["fixable"], outputs["files"], outputs["errors"], outputs["sarif-file"]) == (1, "4", "2", "3", "0", "")
    assert report["schema"] == "cleaner.report/1" and report["summary"]["open"] == 4
    assert out.count("::warning ") == 4 and "file=old.md,line=5" in out
    assert "old.md" in runner.summary
    Path("cleaner.toml").write_text('ignore = ["D"]\n', encoding="utf-8")
    assert runner.run()[:2] == (0, outputs | {"findings": "0", "fixable": "0"})


@bash
@pytest.mark.parametrize(
    ("fail_on", "statuses"),
    [("findings", (0, 1, 1, 1)), ("fixable", (0, 0, 1, 1)), ("errors", (0, 0, 0, 1)), ("never", (0, 0, 0, 0))],
)
def test_what_fails_the_job_can_be_chosen(runner: Runner, fail_on: str, statuses: tuple[int, ...]) -> None:
    """Asked of a sound file, one with a finding to judge, one with a finding to mend, and one that cannot be read."""
    write("judge.md", "# Harvest", f"{BRIDGE} There were 12 boats.", f"{BRIDGE} There were 21 boats.")
    Path("binary.md").write_bytes(bytes(64))
    assert tuple(runner.run(paths=name, fail_on=fail_on)[0] for name in ("sound.md", "judge.md", "old.md", "binary.md")) == statuses


@bash
def test_only_changed_lines_are_annotated(runner: Runner) -> None:
    """Against the base of a pull request, what was there before a push, or a revision that is named."""
    base = git("rev-parse", "HEAD")
    write("new.md", "# Bank", BANK, BANK)
    git("add", "-A")
    git("commit", "-qm", "two")
    for event in ({"github.event.pull_request.base.sha": base}, {"github.event.before": base}):
        status, outputs, out, _ = runner.run(event, only_changed="true")
        assert (status, outputs["findings"]) == (1, "1") and "file=new.md" in out and "file=old.md" not in out
    assert runner.run(only_changed="HEAD~1")[1]["findings"] == "1"
    assert runner.run(only_changed="HEAD")[0] == 0
    for event in ({"github.event.before": "0" * 40}, {}):
        status, outputs, out, _ = runner.run(event, only_changed="true")
        assert outputs["findings"] == "2" and "no commit to compare with" in out


@bash
def test_arguments_and_paths_stand_one_a_line(runner: Runner) -> None:
    """Both may hold spaces, and a path that looks like an option is a path."""
    write("a b/c d.md", "# Bank", BANK, BANK)
    write("--fix", "# Bank", BANK, BANK)
    assert runner.run(paths="a b\n\nold.md\n--fix\n")[1]["findings"] == "3"
    assert Path("--fix").read_text(encoding="utf-8").count(BANK) == 2
    assert runner.run(args="--ignore\nD101\n--profile=docs")[0] == 0


@bash
def test_sarif_is_written_where_it_is_asked_for(runner: Runner) -> None:
    """Also with findings, and also where there are none."""
    for paths, count in (("old.md", 1), ("sound.md", 0)):
        outputs = runner.run(sarif="true", paths=paths)[1]
        document = json.loads(Path(outputs["sarif-file"]).read_text(encoding="utf-8"))
        assert document["version"] == "2.1.0" and len(document["runs"][0]["results"]) == count


@bash
def test_nothing_hostile_is_carried_out(runner: Runner) -> None:
    """Not from inputs, names of files, modules that lie in the repository, or the event."""
    for name in ("click.py", "json.py", "cleaner/__init__.py", "encodings/__init__.py", "pip/__main__.py"):
        write(name, "open('owned', 'w')")
    write("$(touch owned).md", "# Bank", BANK, BANK)
    write("a\n::set-output name=x::y.md", "# Bank", BANK, BANK)
    evil = "`touch owned`$(touch owned)'; touch owned; \"; touch owned\n::error::x\n$(touch owned)"
    status, outputs, out, _ = runner.run(paths=f".\n{evil}", args="--extend-exclude=$(touch owned)")
    assert (status, outputs["findings"]) == (1, "3")
    assert not re.search(r"(?m)^::(?!warning title=|error file=)", out)
    for inputs in ({"only_changed": evil}, {"fail_on": evil}, {"args": evil}, {"category": evil}, {"summary": evil}, {"sarif": evil}):
        runner.run({"github.event.before": evil}, **inputs)
    runner.run({"github.event.before": evil}, only_changed="true")
    assert not Path("owned").exists()


@bash
@pytest.mark.parametrize(
    ("inputs", "says"),
    [
        ({"fail_on": "finding"}, "cleaner: fail-on = finding is not allowed; it takes one of: findings fixable errors never"),
        ({"sarif": "yes"}, "cleaner: sarif = yes is not allowed; it takes one of: true false upload"),
        ({"args": "--profile=story"}, "'story' is not one of 'article', 'docs', 'list'"),
        ({"only_changed": "gone", "fail_on": "never"}, "cleaner: --changed-since = 'gone' is not allowed"),
    ],
)
def test_a_wrong_input_fails_with_a_line(runner: Runner, inputs: dict[str, str], says: str) -> None:
    """Whatever `fail-on` says: nothing was checked."""
    status, outputs, _, err = runner.run(**inputs)
    assert status == 2 and says in err and outputs["findings"] == ""


# --- the page, and the container ------------------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
PIECES = [yaml.safe_load(block) for block in re.findall(r"(?ms)^```yaml\n(.*?)^```$", PAGE)]


def commands() -> list[str]:
    """Return every call of `cleaner check` in the workflows and shell lines of the page."""
    github, plain, gitlab, _ = PIECES
    lines = [step["run"] for piece in (github, plain) for step in piece["jobs"]["cleaner"]["steps"] if "run" in step]
    lines += gitlab["cleaner"]["script"] + "".join(re.findall(r"(?ms)^```sh\n(.*?)^```$", PAGE)).splitlines()
    return [line for line in lines if line.startswith("cleaner ")]


def test_the_page_uses_the_action_as_it_is() -> None:
    """Inputs in its example and in its table are declared, with the defaults it states, and so are the outputs."""
    [step] = [step for step in PIECES[0]["jobs"]["cleaner"]["steps"] if "/cleaner@" in step.get("uses", "")]
    assert step["with"].keys() <= ACTION["inputs"].keys()
    rows = re.findall(r"(?m)^\| `([\w-]+)` \| (?:`(\S+)`)?[^|]*\| ", PAGE)
    assert {name: value for name, value in rows} == {name: each["default"] for name, each in ACTION["inputs"].items()}
    named = PAGE[PAGE.index("| output |") : PAGE.index("The version is the one")]
    assert set(re.findall(r"`([\w-]+)`", named)) - {"--fix"} == ACTION["outputs"].keys()


@bash
@pytest.mark.parametrize("line", commands())
def test_commands_of_the_page_do_what_it_says(runner: Runner, line: str) -> None:
    """On a branch with one new repeat, each finds that and nothing else, and the file for the build server is written."""
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    base = git("rev-parse", "HEAD")
    write("docs/new.md", "# Bank", BANK, BANK)
    surroundings = runner.environment | {"GITHUB_BASE_REF": "main", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    done = subprocess.run(["bash", "-c", line], env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    if "--output-file gl" in line:
        assert PIECES[2]["cleaner"]["artifacts"]["reports"]["codequality"] == "gl-code-quality-report.json"
        [issue] = json.loads(Path("gl-code-quality-report.json").read_text(encoding="utf-8"))
        assert issue["location"] == {"path": "docs/new.md", "lines": {"begin": 5, "end": 5}}
    elif "junit" in line:
        assert 'failures="1"' in Path("cleaner.xml").read_text(encoding="utf-8")
    else:
        assert done.stdout.count("::") == 2 and "file=docs/new.md,line=5" in done.stdout


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Containerfile, each a word and what it is told."""
    text = re.sub(r"(?m)^#.*\n", "", (ROOT / "Containerfile").read_text(encoding="utf-8")).replace("\\\n", "")
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line.strip())]


def test_the_container_is_made_of_files_that_are_there() -> None:
    """Nothing else is copied, a slim image is what it begins with, and nobody is root in the end. (No engine builds it here.)"""
    steps = instructions()
    copied = [name for word, rest in steps if word == "COPY" and "--from" not in rest for name in rest.split()[:-1]]
    assert {"pyproject.toml", "README.md", "LICENSE", "cleaner"} <= set(copied)
    assert all((ROOT / name).exists() for name in copied)
    assert all(re.search(r"python:3\.1[1-4]-slim\b", rest) for word, rest in steps if word == "FROM")
    users = [rest for word, rest in steps if word == "USER"]
    assert users == ["cleaner"] and any("useradd" in rest and rest.endswith("cleaner") for word, rest in steps if word == "RUN")
    assert ("ENTRYPOINT", '["cleaner"]') in steps
    assert {word for word, _ in steps} <= {"FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "ENTRYPOINT", "CMD"}
