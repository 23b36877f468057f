"""What is known of findings before a run: baselines, revisions, people's decisions. And that they hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner import baseline, decisions
from cleaner.cli import main
from cleaner.errors import OptionsError
from cleaner.fingerprint import Key, keyed, mark, place
from cleaner.known import Known, Told
from cleaner.model import Article, Cleaned, Finding, Origin, Span
from cleaner.options import Options
from cleaner.pipeline import clean_article

BRIDGE = "The council approved the new bridge on Monday after a debate of three hours in the old hall."
BANK = "Work on the eastern bank begins in spring and is to last for two years, or so they say."
FERRY = "The ferry will keep its old timetable until the day on which the first bus can cross the river."
TEXTS = (BRIDGE, BANK, FERRY)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git work tree of its own, without anybody's settings."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in [name for name in os.environ if name.startswith("CLEANER_")]:
        monkeypatch.delenv(name)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    git("init", "-q")
    return work


def git(*words: str) -> None:
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=n@example.org", *words], check=True, capture_output=True)


def write(name: str, *paragraphs: str) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text("\n\n".join(paragraphs) + "\n", encoding="utf-8")
    return name


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["check", *words], input=given)


def found(*words: str) -> list[dict[str, object]]:
    """Return the findings of a run, as JSON has them."""
    report = json.loads(run("--output-format", "json", *words).stdout)
    return [finding for file in report["files"] for finding in file["findings"]]


def fates(*words: str) -> list[tuple[object, object]]:
    return [(finding["rule"], finding["status"]) for finding in found(*words)]


# --- fingerprints ---------------------------------------------------------------------------------------------------


def test_a_key_is_a_digest_and_equal_findings_are_numbered_in_reading_order() -> None:
    """Whatever order the rules speak in; copies in a row are counted in the key of their one finding."""
    at = [Finding("D101", Span(place, place + 1), "m", "safe", key="k") for place in (9, 3, 6)]
    keys = [Key.of(finding.key) for finding in keyed("", at)]
    assert [key.number for key in keys] == [3, 1, 2] and len({key.content for key in keys}) == 1
    [thrice] = keyed("", [Finding("D101", Span(0, 1), "m", "safe", key="k\nk\nk")])
    assert Key.of(thrice.key) == Key(keys[0].content, 3, 1)
    [pairs] = keyed("", [Finding("D103", Span(0, 1), "m", "safe", key="a\nb\na\nb")])
    [pair] = keyed("", [Finding("D103", Span(0, 1), "m", "safe", key="a\nb")])
    assert Key.of(pairs.key)._replace(times=1) == Key.of(pair.key)


@given(st.text("0123456789abcdef", min_size=20, max_size=20), st.integers(1, 60), st.integers(1, 60))
def test_a_key_is_read_as_it_is_written(content: str, times: int, number: int) -> None:
    """Both ways give the same."""
    key = Key(content, times, number)
    assert Key.of(str(key)) == key


def test_a_file_has_one_place_wherever_the_command_is_run(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the project's folder, from below it, by its whole path; a file elsewhere keeps the name it was given."""
    root = str(room)
    (room / "docs").mkdir()
    assert place("./docs/a.md", root) == place("docs//a.md", root) == place(str(room / "docs/a.md"), root) == "docs/a.md"
    monkeypatch.chdir("docs")
    assert place("a.md", root) == "docs/a.md"
    assert place("../../x.md", root) == "../../x.md"


def test_ids_do_not_depend_on_what_is_shown(room: Path) -> None:
    """--pedantic adds findings and renames none."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK, BRIDGE + " It is so.", FERRY)
    plain = {finding["id"] for finding in found("a.md")}
    assert plain and plain <= {finding["id"] for finding in found("--pedantic", "a.md")}


# --- the baseline ---------------------------------------------------------------------------------------------------


def test_a_baseline_silences_what_is_known_and_nothing_else(room: Path) -> None:
    """After --add-baseline the check passes; what is new is found."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    assert run("a.md").exit_code == 1
    added = run("--add-baseline", "--baseline", "known.txt", ".")
    assert (added.exit_code, added.stdout) == (0, "") and "1 known findings: 1 new, 0 gone" in added.stderr
    assert run("--baseline", "known.txt", ".").exit_code == 0
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK, "It was the the best of days.")
    assert fates("--baseline", "known.txt", ".") == [("D101", "baseline"), ("D121", "open")]


def test_a_baseline_is_a_file_for_review(room: Path) -> None:
    """A version, then a finding a line: id, rule, path, how the copy begins; sorted; the same findings give the same bytes."""
    write("b.md", "# Bridge", BRIDGE, BRIDGE)
    write("a dir/a.md", "# Bank", BANK, BANK, "It was the the best of days.")
    run("--add-baseline", "--baseline", "known.txt", ".")
    rows = Path("known.txt").read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("# cleaner baseline 1")
    assert [row.split("\t")[1:3] for row in rows[1:]] == [["D101", "a dir/a.md"], ["D121", "a dir/a.md"], ["D101", "b.md"]]
    assert rows[1].split("\t")[3].startswith("Work on the eastern bank")
    before = Path("known.txt").read_bytes()
    run("--add-baseline", "--baseline", "known.txt", "b.md", "a dir")
    assert Path("known.txt").read_bytes() == before


def test_what_is_in_the_baseline_is_never_fixed(room: Path) -> None:
    """--fix mends what is new, and leaves what is old byte for byte."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    run("--add-baseline", "--baseline", "known.txt", ".")
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK, "It was the the best of days.")
    done = run("--fix", "--baseline", "known.txt", "a.md")
    assert done.exit_code == 1
    assert Path("a.md").read_text(encoding="utf-8") == "\n\n".join(("# Bridge", BRIDGE, BRIDGE, BANK, "It was the best of days.")) + "\n"
    assert run("--fix", "--baseline", "known.txt", "a.md").exit_code == 0


def test_a_third_copy_in_a_row_is_flagged_and_the_known_one_stays(room: Path) -> None:
    """Three in a row are one finding: carrying it out would remove the copy that is in the baseline, so it is shown only."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    run("--add-baseline", "--baseline", "known.txt", ".")
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BRIDGE, BANK)
    done = run("--fix", "--baseline", "known.txt", "a.md")
    assert done.exit_code == 1 and "one of these copies was known before" in done.stdout and "gone" not in done.stderr
    assert Path("a.md").read_text(encoding="utf-8").count(BRIDGE) == 3


def test_a_baseline_serves_every_working_directory(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths count from the project, not from where the command is run."""
    write("docs/a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    run("--add-baseline", "--baseline", "known.txt", ".")
    monkeypatch.chdir("docs")
    assert run("--baseline", "../known.txt", "a.md").exit_code == 0
    Path("../cleaner.toml").write_text('baseline = "known.txt"', encoding="utf-8")
    assert run("a.md").exit_code == 0


def test_what_is_gone_is_counted_and_dropped(room: Path) -> None:
    """Of files that were checked, and of files that are no more; never of files that this run did not look at."""
    for name in ("a.md", "b.md", "c.md"):
        write(name, "# Bridge", BRIDGE, BRIDGE, BANK)
    run("--add-baseline", "--baseline", "known.txt", ".")
    write("a.md", "# Bridge", BRIDGE, BANK)
    os.unlink("c.md")
    done = run("--baseline", "known.txt", "a.md")
    assert done.exit_code == 0 and "2 findings of the baseline are gone; --add-baseline drops" in done.stderr
    assert "a.md: D101" in run("-v", "--baseline", "known.txt", "a.md").stderr
    assert "gone" not in run("-q", "--baseline", "known.txt", "a.md").stderr
    run("--add-baseline", "--baseline", "known.txt", "a.md")
    rows = Path("known.txt").read_text(encoding="utf-8").splitlines()
    assert [row.split("\t")[2] for row in rows[1:]] == ["b.md"]


def test_what_the_known_had_covered_is_known_with_it(room: Path) -> None:
    """A repeat that stays shows the damage inside it; after --add-baseline the check passes all the same."""
    seeds = [path for path in (Path(__file__).resolve().parents[1] / "seeds").iterdir() if path.is_file()]
    for path in seeds:
        Path(path.name).write_bytes(path.read_bytes())
    assert run(".").exit_code == 1
    for words in ((), ("--pedantic",), ("--unsafe-fixes",)):
        assert run("--add-baseline", "--baseline", "known.txt", *words, ".").exit_code == 0
        assert run("--baseline", "known.txt", *words, ".").exit_code == 0
    git("add", "-A")
    git("commit", "-qm", "one")
    for path in seeds:
        Path(path.name).write_bytes(path.read_bytes() + b"\n")
    assert run("--baseline-from-ref", "HEAD", ".").exit_code == 0


def test_add_baseline_mends_first_where_both_are_asked_for(room: Path) -> None:
    """What --fix carries out is not written down as known."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    run("--fix", "--add-baseline", "--baseline", "known.txt", "a.md")
    assert Path("a.md").read_text(encoding="utf-8").count(BRIDGE) == 1
    assert len(Path("known.txt").read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: this is no baseline"),
        ("# cleaner baseline 2\n", "line 1: this is no baseline"),
        (f"{baseline.HEADER}\n<<<<<<< ours\n", r"line 2: '<<<<<<< ours' is no known finding"),
        (f"{baseline.HEADER}\nabc\tD101\ta.md\n", "line 2: "),
    ],
)
def test_a_wrong_baseline_is_named(room: Path, text: str, says: str) -> None:
    """One line with file and line; exit status 2; nothing is checked."""
    Path("known.txt").write_text(text, encoding="utf-8")
    with pytest.raises(OptionsError, match=says):
        baseline.read("known.txt")
    done = run("--baseline", "known.txt", write("a.md", BRIDGE))
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1) and done.stderr.startswith("cleaner: known.txt: line")


def test_a_missing_baseline_is_named(room: Path) -> None:
    """A typing error in its name must not let everything through, nor flag everything."""
    assert "known.txt: there is no such baseline; --add-baseline writes it" in run("--baseline", "known.txt").stderr
    assert "give --baseline FILE, or set baseline" in run("--add-baseline").stderr


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1).map(lambda name: name.encode() + b"\xff"), max_size=4))
def test_every_path_fits_a_line_of_a_baseline(names: list[bytes]) -> None:
    """Also with tabs, line feeds and bytes that are not UTF-8."""
    for name in names:
        path = name.decode("utf-8", "surrogateescape")
        assert "\t" not in baseline.escaped(path) and len(baseline.escaped(path).splitlines()) == 1
        assert baseline.unescaped(baseline.escaped(path)) == path


paragraphs = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=8)


def cleaned(texts: list[str], told: Told | None = None) -> Cleaned:
    text = "# A plan\n\n" + "\n\n".join(texts) + "\n"
    article = Article(text, "markdown", Origin("a.md", "utf-8", b"", sha256(text.encode()).hexdigest()))
    return clean_article(article, Options(profile="article"), told)


def ids(done: Cleaned) -> frozenset[str]:
    every = [*done.plan.taken, *(skip.finding for skip in done.plan.skipped)]
    return frozenset(mark(finding.rule, finding.key, "a.md") for finding in every)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=80)
@given(paragraphs, st.lists(st.integers(0, 999).map(lambda n: f"Sentence number {n} of the day says what happened at noon."), max_size=3, unique=True))
def test_a_baseline_survives_moved_lines(texts: list[str], above: list[str]) -> None:
    """New text above changes no fingerprint: all that was known is known, and nothing is edited."""
    known = ids(cleaned(texts))
    told = Told(Known("a.md", old=known))
    done = cleaned([*above, *texts], told)
    assert not done.plan.edits
    assert all(skip.status in ("baseline", "open") for skip in done.plan.skipped)
    assert known <= told.used


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=80)
@given(paragraphs, st.sampled_from(TEXTS))
def test_a_fresh_copy_of_an_old_duplicate_is_flagged(texts: list[str], text: str) -> None:
    """Equal fingerprints are counted, so one copy more is one finding that is not known."""
    texts = [text, *texts]
    known = ids(cleaned(texts))
    assert ids(cleaned([*texts, text])) - known


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=80)
@given(paragraphs, paragraphs)
def test_the_laws_hold_beside_a_baseline(old: list[str], more: list[str]) -> None:
    """What is known stays, cleaning a cleaned article changes nothing, and every finding has a fate."""
    known = Known("a.md", old=ids(cleaned(old)))
    done = cleaned([*old, *more], Told(known))
    assert all(mark(finding.rule, finding.key, "a.md") not in known.old for finding in done.plan.taken)
    assert all(skip.reason for skip in done.plan.skipped)
    article = done.article._replace(text=done.text)
    assert not clean_article(article, Options(profile="article"), Told(known)).plan.edits


# --- a revision as the baseline -------------------------------------------------------------------------------------


def test_what_a_revision_had_is_known(room: Path) -> None:
    """Only what was added since is left open; a new file has nothing old; what is unchanged is all old."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    write("same.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    git("add", "-A")
    git("commit", "-qm", "one")
    write("a.md", "# Bridge", FERRY, BRIDGE, BRIDGE, BANK, "It was the the best of days.")
    write("new.md", "# Bank", BANK, BANK)
    assert run("--baseline-from-ref", "HEAD", "same.md").exit_code == 0
    assert fates("--baseline-from-ref", "HEAD", ".") == [("D101", "baseline"), ("D121", "open"), ("D101", "open"), ("D101", "baseline")]
    run("--fix", "--baseline-from-ref", "HEAD", "a.md")
    assert Path("a.md").read_text(encoding="utf-8").count(BRIDGE) == 2 and "the best" in Path("a.md").read_text(encoding="utf-8")


def test_a_renamed_file_keeps_what_it_had(room: Path) -> None:
    """Git says what a file was called before."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK, FERRY)
    git("add", "-A")
    git("commit", "-qm", "one")
    git("mv", "a.md", "b c.md")
    assert run("--baseline-from-ref", "HEAD", ".").exit_code == 0


def test_many_files_at_a_revision_are_read_in_one_go(room: Path) -> None:
    """Names with spaces and line feeds, an empty file, one that is not text any more, and files below the project."""
    names = ["a b.md", "d/\xe9.md", *(f"f{number}.md" for number in range(40))] + ([] if os.name == "nt" else ["l\nf.md"])
    for name in names:
        write(name, "# Bridge", BRIDGE, BRIDGE, BANK)
    Path("empty.md").write_bytes(b"")
    Path("was-binary.md").write_bytes(bytes(range(256)))
    git("add", "-A")
    git("commit", "-qm", "one")
    Path("empty.md").write_text(f"# B\n\n{BRIDGE}\n\n{BRIDGE}\n", encoding="utf-8")
    Path("was-binary.md").write_text(f"# B\n\n{BRIDGE}\n\n{BRIDGE}\n", encoding="utf-8")
    report = json.loads(run("--output-format", "json", "--baseline-from-ref", "HEAD", ".").stdout)
    left = [file["path"] for file in report["files"] if any(finding["status"] == "open" for finding in file["findings"])]
    assert left == ["empty.md", "was-binary.md"]


@pytest.mark.parametrize("ref", ["gone", "--help", "", "HEAD:a.md"])
def test_a_wrong_revision_is_one_line(room: Path, ref: str) -> None:
    """Exit status 2; nothing is reported. An option in disguise is none."""
    write("a.md", BRIDGE, BRIDGE)
    git("add", "-A")
    git("commit", "-qm", "one")
    done = run(f"--baseline-from-ref={ref}", "a.md")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "it takes a commit, branch or tag" in done.stderr


def test_a_revision_needs_a_work_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of one it is one clear line."""
    monkeypatch.chdir(tmp_path)
    done = run("--isolated", "--baseline-from-ref", "HEAD", write("a.md", BRIDGE, BRIDGE))
    assert done.exit_code == 2 and "this is no git work tree" in done.stderr


# --- decisions ------------------------------------------------------------------------------------------------------


def test_what_is_accepted_is_silent_and_stays(room: Path) -> None:
    """--accept records it with its reason; it holds for moved lines, and --fix leaves it alone."""
    write("docs/a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    [finding] = found("docs")
    done = run("--accept", str(finding["id"])[:8], "--reason", 'the "refrain"\n', "docs")
    assert (done.exit_code, done.stdout) == (0, "") and "docs/a.md:5: D101 is recorded as meant" in done.stderr
    [decision] = decisions.read("cleaner-decisions.toml")
    assert decision[:4] == ("meant", "docs/a.md", "D101", finding["id"]) and decision.reason == 'the "refrain"\n'
    assert decision.text.startswith("The council") and decision.keeper.startswith("The council")
    text = "\n\n".join(("# Bridge", FERRY, BRIDGE, BRIDGE, BANK)) + "\n"
    Path("docs/a.md").write_text(text, encoding="utf-8")
    assert run("--fix", "docs").exit_code == 0
    assert Path("docs/a.md").read_text(encoding="utf-8") == text
    [finding] = found("docs")
    assert (finding["status"], finding["reason"]) == ("suppressed", 'recorded as meant: the "refrain"\n')
    sarif = json.loads(run("--output-format", "sarif", "docs").stdout)
    assert sarif["runs"][0]["results"][0]["suppressions"][0]["kind"] == "external"


def test_a_new_copy_of_what_is_accepted_is_found(room: Path) -> None:
    """Two were meant; the third is shown, and the accepted one does not go with it."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    run("--accept", str(found(".")[0]["id"]), ".")
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BRIDGE, BANK)
    done = run("--fix", "a.md")
    assert done.exit_code == 1 and "one of these copies is recorded as meant" in done.stdout
    assert Path("a.md").read_text(encoding="utf-8").count(BRIDGE) == 3


def test_who_accepts_the_third_copy_accepts_the_second(room: Path) -> None:
    """Equal findings are told apart by their number only; the decision is the same after an edit."""
    write("a.md", BRIDGE, BANK, BRIDGE, FERRY, BRIDGE)
    both = found("--profile", "article", "a.md")
    assert [finding["rule"] for finding in both] == ["D101", "D101"]
    run("--profile", "article", "--accept", str(both[1]["id"]), "a.md")
    assert run("--fix", "--profile", "article", "a.md").exit_code == 0
    assert Path("a.md").read_text(encoding="utf-8").count(BRIDGE) == 3


def test_what_is_confirmed_is_shown_and_safe(room: Path) -> None:
    """A finding that may be meant is carried out by --fix once somebody has said that it is a duplicate."""
    long = f"{BRIDGE} {FERRY} {BANK}"
    write("a.md", "# A", "## One", long, "## Two", FERRY, long, "## Three", BANK)
    [finding] = [each for each in found("--pedantic", "a.md") if each["rule"] == "D101"]
    assert run("a.md").exit_code == 0
    run("--pedantic", "--confirm", str(finding["id"]), "a.md")
    [shown] = found("a.md")
    assert (shown["id"], shown["status"], shown["confidence"]) == (finding["id"], "open", "shown")
    assert shown["safety"] == ("safe" if shown["edits"] else "report")
    if shown["edits"]:
        assert run("--fix", "a.md").exit_code == 1
        assert Path("a.md").read_text(encoding="utf-8").count(long) == 1


def test_what_is_confirmed_is_safe(room: Path) -> None:
    """An edited copy may be meant; --fix removes it once somebody has said that it is a duplicate, and that settles it."""
    long = (
        "Feed the starter in the evening with fresh flour and lukewarm water, stir it until no dry flakes are left on the "
        "walls of the jar, cover it with a damp cloth, and leave it on the warm shelf above the stove until the morning."
    )
    write("a.md", "# A", long, BANK, long.replace("flakes", "flaeks"), FERRY)
    [finding] = found("a.md")
    assert (finding["rule"], finding["safety"]) == ("D102", "unsafe")
    assert run("--fix", "a.md").exit_code == 1 and "flaeks" in Path("a.md").read_text(encoding="utf-8")
    run("--confirm", str(finding["id"]), "a.md")
    [shown] = found("a.md")
    assert (shown["id"], shown["status"], shown["safety"]) == (finding["id"], "open", "safe")
    assert run("--fix", "a.md").exit_code == 1 and "flaeks" not in Path("a.md").read_text(encoding="utf-8")


def test_what_is_confirmed_is_shown_by_default(room: Path) -> None:
    """Also what we would not bet on, and what has no edit."""
    write("a.md", "---\ntitle: The Bridge of Westhaven\n---", "# The Bridge of Westhaven", BANK, FERRY)
    [finding] = found("--pedantic", "a.md")
    assert (finding["confidence"], finding["edits"]) == ("pedantic", []) and run("a.md").exit_code == 0
    run("--pedantic", "--confirm", str(finding["id"]), "a.md")
    assert run("a.md").exit_code == 1 and found("a.md")[0]["id"] == finding["id"]


def test_what_is_confirmed_without_edits_is_shown() -> None:
    """The fact guard stands: a conflict of facts is never edited, whoever confirms it."""
    plain = Finding("D105", Span(0, 1), "m", "report", confidence="pedantic", key="a" * 20)
    edited = plain._replace(rule="D102", safety="unsafe", edits=(), key="b" * 20)
    told = Told(Known("a.md", duplicates=frozenset({mark("D105", "a" * 20, "a.md")})))
    assert (told.judged(plain).confidence, told.judged(plain).safety, told.judged(edited)) == ("shown", "report", edited)
    assert told.used == {mark("D105", "a" * 20, "a.md")}


def test_the_later_word_counts(room: Path) -> None:
    """A finding that was accepted and is then confirmed is a duplicate."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    own = str(found(".")[0]["id"])
    run("--accept", own, ".")
    run("--confirm", own, ".")
    assert [decision.kind for decision in decisions.read("cleaner-decisions.toml")] == ["duplicate"]
    assert run("--fix", ".").exit_code == 1 and Path("a.md").read_text(encoding="utf-8").count(BRIDGE) == 1


def test_a_confirmed_finding_is_not_hidden_by_the_baseline(room: Path) -> None:
    """Somebody looked at it since."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    run("--add-baseline", "--baseline", "known.txt", ".")
    run("--baseline", "known.txt", "--confirm", str(found(".")[0]["id"]), ".")
    assert fates("--baseline", "known.txt", ".") == [("D101", "open")]


def test_a_decision_that_no_longer_applies_is_found(room: Path) -> None:
    """S902, at its line in the file of decisions, and only if its file was checked and its rule was run."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    write("b.md", FERRY)
    run("--accept", str(found(".")[0]["id"]), ".")
    write("a.md", "# Bridge", BRIDGE, BANK)
    done = run("--output-format", "concise", ".")
    assert done.exit_code == 1
    assert done.stdout.startswith("cleaner-decisions.toml:5:1: S902 nothing in a.md answers to this decision any more (D101, meant)")
    assert run("b.md").exit_code == 0
    assert run("--ignore", "D101", ".").exit_code == run("--ignore", "S902", ".").exit_code == 0
    os.unlink("a.md")
    assert (run("b.md").exit_code, run(".").exit_code) == (0, 1)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--accept", "abc"), "'abc' is too short for an id"),
        (("--accept", "0" * 20), "no finding here has an id that begins with 00000000000000000000"),
        (("--accept", "0" * 20, "--fix"), "--accept records a decision; run --fix afterwards"),
        (("--reason", "x"), "--reason is for --accept and --confirm"),
        (("--add-baseline", "--diff", "--baseline", "x"), "choose one"),
    ],
)
def test_a_wrong_wish_is_one_line(room: Path, words: tuple[str, ...], says: str) -> None:
    """Status 2, and nothing is written."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    done = run(*words, ".")
    assert done.exit_code == 2 and says in done.stderr and done.stdout == ""
    assert os.listdir(".") == [".git", "a.md"] or sorted(os.listdir(".")) == [".git", "a.md"]


def test_an_ambiguous_id_is_refused() -> None:
    """It says how many findings it could be."""
    from cleaner.cli.record import _one
    from click import UsageError

    every = {"abcdefab" + "0" * 12: None, "abcdefab" + "1" * 12: None}
    with pytest.raises(UsageError, match="begins the ids of 2 findings"):
        _one("abcdefab", every)  # type: ignore[arg-type]
    assert _one("ABCDEFAB1", every) == "abcdefab" + "1" * 12  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[ment]]\n", "'ment' is not allowed; it takes [[meant]] and [[duplicate]]"),
        ('[[meant]]\nid = "x"\n', "meant 1: rule is missing"),
        ('[[meant]]\nid = "x"\nrule = "D101"\npath = "a.md"\n', "id = 'x' is not allowed; it takes the id of a finding"),
        ('[[duplicate]]\nids = "x"\n', "duplicate 1: unknown key 'ids'; known are id, rule, path"),
        ("[[meant]]\nid = 3\n", "id = 3 is not allowed; it takes a text"),
        ("meant = ", "not TOML: "),
    ],
)
def test_a_wrong_decision_is_named(room: Path, text: str, says: str) -> None:
    """One line names file, entry, key, value and what is allowed."""
    Path("cleaner-decisions.toml").write_text(text, encoding="utf-8")
    done = run(write("a.md", BRIDGE))
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr and "cleaner-decisions.toml" in done.stderr


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
some = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
marks = st.text("0123456789abcdef", min_size=20, max_size=20)
decision = st.builds(decisions.Decision, st.sampled_from(["meant", "duplicate"]), some, some, marks, words, words, words)


@settings(deadline=None)
@given(st.lists(decision, max_size=4))
def test_decisions_are_read_as_they_are_written(tmp_path_factory: pytest.TempPathFactory, given: list[decisions.Decision]) -> None:
    """Whatever text, path and reason hold; and in one order, however they came."""
    path = tmp_path_factory.getbasetemp() / "decisions.toml"
    path.write_bytes(decisions.written(given))
    assert sorted(decisions.read(str(path))) == sorted(set(given))
    assert decisions.written(iter(given[::-1])) == path.read_bytes()


def test_ids_are_shown_where_they_can_be_copied(room: Path) -> None:
    """With -v, alone on their line behind a word; the shown part is enough for --accept."""
    write("a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    [row] = [row for row in run("-v", "a.md").stdout.splitlines() if row.strip().startswith("id ")]
    assert run("--accept", row.split()[1], "a.md").exit_code == 0
    assert run("a.md").exit_code == 0


def test_a_program_that_is_run_by_hand_takes_the_same_ids(room: Path) -> None:
    """The whole way as a process of its own, from a folder below the project."""
    write("docs/a.md", "# Bridge", BRIDGE, BRIDGE, BANK)
    own = str(found(".")[0]["id"])
    done = subprocess.run([sys.executable, "-m", "cleaner", "check", "--accept", own, "a.md"], cwd="docs", capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"")
    assert run(".").exit_code == 0
