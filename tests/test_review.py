"""`cleaner review`: who may ask, what each action does to real files, and that it can be taken back whatever happened."""

from __future__ import annotations

import codecs
import html
import json
import os
import re
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from cleaner.decisions import read as decisions
from cleaner.options import Options
from cleaner.report import View
from cleaner.review.journal import Journal
from cleaner.review.session import Place, Project, Session

flask = pytest.importorskip("flask", reason="Flask is needed (pip install '.[review]')")

from cleaner.review.app import Keys, app, listening  # noqa: E402

PORT = 8123
KEYS = Keys("address", "once", "cookie", "form")
HOME = f"http://127.0.0.1:{PORT}"

FERRY = "The first ferry leaves the harbour at noon, and the last one when the captain has eaten his supper."
SEATS = "There are seats for forty people on board, most of them on deck, and two in the warm cabin below."
DOGS = "Dogs travel for nothing if they are carried, and for half the fare if they walk on board themselves."
STORY = f"# The Ferry\n\n{FERRY}\n\n{SEATS}\n\n{FERRY}\n\n{DOGS}\n"
ONCE = f"# The Ferry\n\n{FERRY}\n\n{SEATS}\n\n{DOGS}\n"
OTHER = f"# The Ferry\n\n{SEATS}\n\n{FERRY}\n\n{DOGS}\n"


class Review:
    """A review of files in a folder, and a browser that has entered it."""

    def __init__(self, root: Path, *files: Path, options: Options = Options(profile="article")) -> None:
        names = tuple(str(path) for path in files)
        project = Project(names, lambda path: options, str(root), {}, View(pedantic=options.pedantic, root=str(root)))
        self.root = root
        self.session = Session(project, Journal(str(root / "review.jsonl")))
        self.said: list[str] = []
        self.web = app(self.session, PORT, KEYS, self.said.append)
        self.client = self.web.test_client()
        assert self.get("/enter/address").status_code == 200

    def get(self, address: str, **given):
        return self.client.get(address, base_url=HOME, **given)

    def post(self, address: str, form: dict, **headers):
        sent = {"Origin": HOME, **headers}
        return self.client.post(address, data=form, base_url=HOME, headers={name: value for name, value in sent.items() if value})

    def form(self, file: int = 0, rule: str = "", number: int = 0) -> dict:
        """Return what the forms of a finding's page send."""
        look = self.session.look(file)
        items = [item for item in self.session.left(file) if item.finding.rule.startswith(rule)]
        return {"key": "form", "file": str(file), "mark": items[number].mark, "digest": look.digest}

    def do(self, do: str, file: int = 0, rule: str = "", **more: str):
        return self.post("/do", {**self.form(file, rule), "do": do, **more})

    def undo(self, action: str = ""):
        return self.post("/undo", {"key": "form", "action": action})

    def page(self) -> str:
        """Return the page where the review goes on."""
        answer = self.get("/")
        if answer.status_code == 303:
            answer = self.get(answer.headers["Location"])
        return answer.get_data(as_text=True)


@pytest.fixture
def story(tmp_path):
    path = tmp_path / "story.md"
    path.write_bytes(STORY.encode())
    return path


@pytest.fixture
def review(tmp_path, story):
    return Review(tmp_path, story)


# --- who may ask ------------------------------------------------------------------------------------------------------


def test_the_address_opens_the_review(review):
    """The printed address leads to a cookie that no script sees and no other site's page sends; then there are findings."""
    fresh = review.web.test_client()
    answer = fresh.get("/enter/address", base_url=HOME)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie and str(PORT) in cookie
    assert "url=/" in answer.get_data(as_text=True)
    assert fresh.get("/", base_url=HOME).status_code == 303


def test_the_browsers_address_is_good_for_one_time(review):
    """What a browser is started with can be read by other people of the machine: it opens the review once only."""
    assert review.web.test_client().get("/enter/once", base_url=HOME).status_code == 200
    late = review.web.test_client()
    answer = late.get("/enter/once", base_url=HOME)
    assert answer.status_code == 403 and "Set-Cookie" not in answer.headers
    assert late.get("/enter/address", base_url=HOME).status_code == 200


@pytest.mark.parametrize("address", ["/", "/finding/0/0123456789abcdef0123", "/nowhere", "/do", "/undo"])
def test_nobody_without_the_cookie_gets_anything(review, story, address):
    """Without the cookie every address answers 403, and says no word of an article."""
    stranger = review.web.test_client()
    for answer in (stranger.get(address, base_url=HOME), stranger.post(address, base_url=HOME, headers={"Origin": HOME}, data={"key": "form"})):
        assert answer.status_code == 403
        assert "ferry" not in answer.get_data(as_text=True).lower().replace("cleaner", "")
    assert stranger.get("/enter/wrong", base_url=HOME).status_code == 403
    assert "Set-Cookie" not in stranger.get("/enter/wrong", base_url=HOME).headers


@pytest.mark.parametrize("host", ["evil.test", f"evil.test:{PORT}", "127.0.0.1", f"127.0.0.1:{PORT + 1}", f"127.0.0.1.evil.test:{PORT}", f"[::1]:{PORT}", ""])
def test_a_foreign_host_gets_nothing(review, host):
    """DNS rebinding: a page that reaches us under another name is refused, also at the address that sets the cookie."""
    for address in ("/", "/enter/address"):
        answer = review.client.get(address, base_url=HOME, headers={"Host": host})
        assert answer.status_code == 403 and "Set-Cookie" not in answer.headers


def test_localhost_is_ours_too(review):
    """Who writes localhost for 127.0.0.1 is at home."""
    client = review.web.test_client()
    assert client.get("/enter/address", base_url=f"http://localhost:{PORT}").status_code == 200
    assert client.get("/", base_url=f"http://localhost:{PORT}").status_code == 303


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "", f"https://127.0.0.1:{PORT}", f"http://127.0.0.1:{PORT + 1}", f"http://localhost:{PORT}"])
def test_only_our_own_page_writes(review, story, origin):
    """A write from another origin, from none, or from one that is nearly ours is refused, cookie or not."""
    form = {**review.form(), "do": "accept"}
    assert review.post("/do", form, Origin=origin).status_code == 403
    assert review.post("/undo", form, Origin=origin).status_code == 403
    assert story.read_bytes() == STORY.encode()


def test_a_write_needs_the_key_of_our_forms(review, story):
    """The cookie alone writes nothing: the form's own key is asked for, too, and so is a fetch of the same origin."""
    form = {**review.form(), "do": "accept"}
    for key in ("", "wrong", "cookie", "address", "ß"):
        assert review.post("/do", {**form, "key": key}).status_code == 403
    assert review.post("/do", form, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert story.read_bytes() == STORY.encode()


def test_reading_never_writes(review, story):
    """What writes is asked for with POST; GET, PUT and the like are not allowed there, and leave file and journal alone."""
    for address in ("/do", "/undo"):
        assert review.get(address, query_string={**review.form(), "do": "accept"}).status_code == 405
        assert review.client.put(address, base_url=HOME, headers={"Origin": HOME}, data={"key": "form"}).status_code == 405
    review.page()
    assert story.read_bytes() == STORY.encode()
    assert not (review.root / "review.jsonl").exists()


def test_pages_hold_nothing_live(review):
    """Every answer, refusals too, carries a policy under which only our own script runs and nothing is loaded."""
    for answer in (review.get("/"), review.get("/nowhere"), review.web.test_client().get("/", base_url=HOME), review.get(f"/finding/0/{review.form()['mark']}")):
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'sha256-") and "unsafe" not in policy
        assert "form-action 'self'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
        assert answer.headers["Cache-Control"] == "no-store" and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"  # with no-referrer, our own forms would have no origin
    page = review.page()
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page) and " on" + "click" not in page and "style=" not in page


def test_the_door_is_the_loopback_interface():
    """The page can be had from this machine only."""
    door = listening(0)
    try:
        assert door.getsockname()[0] == "127.0.0.1" and door.getsockname()[1] > 0
    finally:
        door.close()


@pytest.mark.parametrize("form", [{"do": "format"}, {"file": "9"}, {"file": "-1"}, {"file": "x"}, {"file": "9" * 5000}, {"do": ""}])
def test_what_no_page_of_ours_sends_is_refused(review, story, form):
    """An action or a file that does not exist is a bad request, and nothing else."""
    assert review.post("/do", {**review.form(), "do": "accept", **form}).status_code == 400
    assert story.read_bytes() == STORY.encode() and not review.said


def test_too_much_is_refused(review, story):
    """A request larger than any text box is refused before it is looked at."""
    assert review.post("/do", {**review.form(), "do": "edit", "text": "x" * 900_000}).status_code == 413
    assert story.read_bytes() == STORY.encode()


# --- what a person may do -----------------------------------------------------------------------------------------------


def test_the_page_shows_the_pair(review):
    """A finding's page names file, lines, rule, reason and safety, and shows both copies with what stands around them."""
    page = html.unescape(review.page())
    for text in ("story.md", "line 7", "line 3", "D101", "repeated-paragraph", "safe", FERRY, SEATS, DOGS, "the same, letter for letter"):
        assert text in page
    assert page.count(FERRY) >= 2 and "<strong>1</strong> left to decide" in page


def test_accept_carries_out_the_edits(review, story):
    """An accepted copy is gone from the file before the page says so; nothing else is."""
    answer = review.do("accept")
    assert answer.status_code == 303 and story.read_bytes() == ONCE.encode()
    page = review.page()
    assert "Nothing is left to decide" in page and "accepted" in page


def test_undo_brings_back_the_bytes(review, story):
    """Undo gives the bytes of before, and leads to the finding that is there again."""
    mark = review.form()["mark"]
    review.do("accept")
    assert review.undo().headers["Location"] == f"/finding/0/{mark}"
    assert story.read_bytes() == STORY.encode()
    assert review.undo().status_code == 400 and story.read_bytes() == STORY.encode()


def test_keep_the_other_copy(review, story):
    """The keeper goes and the copy stays, where both are whole blocks; undo holds for that, too."""
    review.do("other")
    assert story.read_bytes() == OTHER.encode()
    review.undo()
    assert story.read_bytes() == STORY.encode()


def test_reject_leaves_it_for_now(review, story):
    """What is left for now stays in the file and in the list, is not asked again, and comes back with undo."""
    review.do("reject")
    assert story.read_bytes() == STORY.encode()
    page = review.page()
    assert "Nothing is left to decide" in page and "Left for now" in page
    assert "Nothing is left to decide" in Review(review.root, story).page()
    review.undo()
    assert "1</strong> left to decide" in review.page()


def test_meant_records_a_decision(review, story):
    """What is meant is recorded as `check --accept` does, is silent from then on, and undo takes the file away again."""
    review.do("meant", reason="the refrain")
    path = review.root / "cleaner-decisions.toml"
    (one,) = decisions(str(path))
    assert (one.kind, one.path, one.rule, one.reason) == ("meant", "story.md", "D101", "the refrain")
    done = subprocess.run([sys.executable, "-m", "cleaner", "check", "--profile", "article", "."], cwd=review.root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert story.read_bytes() == STORY.encode() and "Nothing is left to decide" in review.page()
    review.undo()
    assert not path.exists() and "1</strong> left to decide" in review.page()


def test_undo_of_a_decision_leaves_the_others(review, story):
    """Decisions that stood there before, with the reader's own words around them, are there again byte for byte."""
    path = review.root / "cleaner-decisions.toml"
    before = '# Ours.\r\n[[meant]]\r\nid = "0123456789abcdef0123"\r\nrule = "D101"\r\npath = "b.md"\r\nreason = "gr\u00fc\u00dfe"\r\n'.encode()
    path.write_bytes(before)
    review.do("meant")
    assert {each.path for each in decisions(str(path))} == {"b.md", "story.md"}
    review.undo()
    assert path.read_bytes() == before


def test_a_duplicate_is_confirmed(tmp_path):
    """Who says that something only shown is a duplicate has it recorded; the finding stays until somebody edits it."""
    path = tmp_path / "a.md"
    near = f"{FERRY} {DOGS}".replace("his supper", "supper")
    path.write_text(f"# The Ferry\n\n{FERRY} {DOGS}\n\n{SEATS}\n\n{near}\n", encoding="utf-8")
    review = Review(tmp_path, path)
    form = review.form()
    assert review.do("duplicate").headers["Location"].endswith(form["mark"])
    assert decisions(str(tmp_path / "cleaner-decisions.toml"))[0].kind == "duplicate"
    assert "confirmed as a duplicate" in review.page()


def test_the_text_can_be_edited_by_hand(review, story):
    """What a person types takes the place of the block's text, and of nothing else."""
    review.do("edit", text="The last ferry leaves before supper.")
    assert story.read_bytes() == ONCE.replace(DOGS, f"The last ferry leaves before supper.\n\n{DOGS}").encode()
    review.undo()
    assert story.read_bytes() == STORY.encode()
    review.do("edit", side="keeper", text="The first ferry leaves at noon.")
    assert story.read_bytes() == STORY.replace(FERRY, "The first ferry leaves at noon.", 1).encode()


def test_an_emptied_box_removes_the_block(review, story):
    """Nothing in the box: the block goes, with the white space that belongs to it."""
    review.do("edit", text=" \r\n")
    assert story.read_bytes() == ONCE.encode()


@pytest.mark.parametrize("text", ["# A title of its own", "- a list", "One.\r\n\r\nTwo.", "```\r\nopen", "> said"])
def test_an_edit_that_changes_more_than_words_is_refused(review, story, text):
    """The proof holds for what is typed by hand, too; nothing is written, and what was typed is not lost."""
    answer = review.do("edit", text=text)
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 400 and story.read_bytes() == STORY.encode()
    assert "would change how the text around it reads" in page and text.replace("\r\n", "\n") in page
    assert not (review.root / "review.jsonl").exists()


@pytest.mark.parametrize("text", ["bell \x07", "escape \x1b[2J", "nul \x00", "override \u202e", "line \u2028 separator"])
def test_what_does_not_print_is_not_typed(review, story, text):
    """Control characters do not come into a file through a text box."""
    assert review.do("edit", text=text).status_code == 400
    assert story.read_bytes() == STORY.encode()


def test_what_a_box_cannot_hold_is_not_offered(tmp_path):
    """A paragraph with characters that a box would show as something else is for an editor: no box, and no edit by hand."""
    path = tmp_path / "a.md"
    odd = FERRY.replace("noon", "no\x1b[31mon")
    path.write_text(f"# The Ferry\n\n{odd}\n\n{SEATS}\n\n{odd}\n", encoding="utf-8")
    review = Review(tmp_path, path)
    page = review.get(f"/finding/0/{review.form(rule='D101')['mark']}").get_data(as_text=True)
    assert 'value="accept"' in page and 'value="edit"' not in page and "\x1b" not in page
    assert review.do("edit", rule="D101", text="x").status_code == 400


def test_a_mend_is_shown_and_carried_out(tmp_path):
    """A finding without a pair shows the text now and as it would read, and accepting it mends that text."""
    path = tmp_path / "a.md"
    path.write_text("# Caf\u00e9s\n\nThe cafÃ© at the pier opens when the the ferry comes in.\n", encoding="utf-8")
    review = Review(tmp_path, path)
    assert "As it would read" in review.page() and "Mend it" in review.page()
    while review.session.left(0):
        assert review.do("accept").status_code == 303
    assert path.read_text(encoding="utf-8") == "# Caf\u00e9s\n\nThe caf\u00e9 at the pier opens when the ferry comes in.\n"
    while review.undo().status_code == 303:
        pass
    assert "cafÃ© at the pier opens when the the ferry" in path.read_text(encoding="utf-8")


def test_differing_facts_are_shown_and_never_edited(tmp_path):
    """Of copies that differ in facts neither can be removed by a key; the facts stand side by side."""
    path = tmp_path / "a.md"
    one = f"{FERRY} On Monday 12 people were hurt when it met the pier in thick fog, the harbour office of Westhaven said."
    path.write_text(f"# Fog\n\n{one}\n\n{SEATS}\n\n{one.replace('12 ', '21 ')}\n", encoding="utf-8")
    review = Review(tmp_path, path)
    page = review.page()
    assert "D105" in page and "What differs" in page and "<bdi>21" in page
    assert 'value="accept"' not in page and 'value="other"' not in page and 'value="meant"' in page and 'value="edit"' in page
    before = path.read_bytes()
    assert review.do("accept").status_code == 400 and review.do("other").status_code == 400
    assert path.read_bytes() == before


def test_what_may_be_meant_is_accepted_by_a_person(tmp_path):
    """An edit that a run carries out with --unsafe-fixes only is carried out for a person who looked at it."""
    path = tmp_path / "a.md"
    near = FERRY.replace("his supper", "supper")
    path.write_text(f"# The Ferry\n\n{FERRY}\n\n{SEATS}\n\n{near}\n", encoding="utf-8")
    review = Review(tmp_path, path)
    assert "may be meant" in review.page()
    review.do("accept")
    assert near not in path.read_text(encoding="utf-8") and FERRY in path.read_text(encoding="utf-8")


def test_the_authors_word_holds_for_a_person_too(tmp_path):
    """A block that its author keeps is not removed in place of the other copy, whoever asks."""
    path = tmp_path / "a.md"
    path.write_text(f"# The Ferry\n\n<!-- cleaner: keep D101 -- the refrain -->\n\n{FERRY}\n\n{SEATS}\n\n{FERRY}\n", encoding="utf-8")
    review = Review(tmp_path, path)
    before = path.read_bytes()
    answer = review.do("other", rule="D101")
    assert answer.status_code == 400 and "left as it is: the refrain" in answer.get_data(as_text=True)
    assert path.read_bytes() == before
    assert review.do("accept", rule="D101").status_code == 303


# --- bytes --------------------------------------------------------------------------------------------------------------

GREETING = FERRY.replace("ferry", "fähre")
WAYS = {
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "cr": lambda text: text.replace("\n", "\r").encode(),
    "no-end": lambda text: text.rstrip("\n").encode(),
    "bom": lambda text: codecs.BOM_UTF8 + text.encode(),
    "latin-1": lambda text: ("<!-- -*- coding: latin-1 -*- -->\n\n" + text).encode("latin-1"),
    "utf-16": lambda text: text.encode("utf-16"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("do", ["accept", "other", "edit"])
def test_files_keep_the_bytes_they_came_in(tmp_path, way, do):
    """Whatever the encoding, mark and line ends: what stays keeps its bytes, and undo brings back the file's digest."""
    text = STORY.replace(FERRY, GREETING)
    before = WAYS[way](text)
    path = tmp_path / "a.md"
    path.write_bytes(before)
    review = Review(tmp_path, path)
    answer = review.do(do, text="Die letzte Fähre,\r\num neun.")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    if do == "edit":
        head, _, tail = text.rpartition(GREETING)
        after = head + "Die letzte Fähre,\num neun." + tail
    else:
        after = (ONCE if do == "accept" else OTHER).replace(FERRY, GREETING)
    assert path.read_bytes() == WAYS[way](after)
    assert review.undo().status_code == 303
    assert path.read_bytes() == before


def test_what_an_encoding_cannot_hold_is_refused(tmp_path):
    """A letter that the file's encoding has no bytes for is named; nothing is written, and nothing stands in the journal."""
    path = tmp_path / "a.md"
    before = WAYS["latin-1"](STORY.replace(FERRY, GREETING))
    path.write_bytes(before)
    review = Review(tmp_path, path)
    answer = review.do("edit", text="渡し船")
    assert answer.status_code == 400 and "cannot hold" in answer.get_data(as_text=True)
    assert path.read_bytes() == before
    assert not (tmp_path / "review.jsonl").exists()


def test_a_guessed_encoding_is_not_written_by_hand(tmp_path):
    """Where the encoding is a guess only byte-identical text may go, also when a person asks."""
    path = tmp_path / "a.md"
    path.write_bytes(STORY.replace("ferry", "f\u00e4hre").encode("latin-1"))
    review = Review(tmp_path, path)
    before = path.read_bytes()
    assert review.do("edit", rule="D101", text="Die letzte F\u00e4hre.").status_code == 400
    assert path.read_bytes() == before
    assert review.do("accept", rule="D101").status_code == 303 and len(path.read_bytes()) < len(before)


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege on Windows")
def test_a_symbolic_link_stays_one(tmp_path, story):
    """What is reviewed through a link is written where the link leads."""
    link = tmp_path / "link.md"
    link.symlink_to(story)
    review = Review(tmp_path, link)
    review.do("accept")
    assert link.is_symlink() and story.read_bytes() == ONCE.encode()
    review.undo()
    assert link.is_symlink() and story.read_bytes() == STORY.encode()


def test_html_is_edited_in_its_source(tmp_path):
    """In HTML a copy goes with its tags, and a text that is typed may not break any."""
    path = tmp_path / "a.html"
    text = f"<html><body><h1>The Ferry</h1>\n<p>{FERRY}</p>\n<p>{SEATS}</p>\n<p>{FERRY}</p>\n<p>{DOGS}</p>\n</body></html>\n"
    path.write_text(text, encoding="utf-8")
    review = Review(tmp_path, path)
    assert review.do("edit", text="broken</p><p>").status_code == 400
    review.do("other")
    assert path.read_text(encoding="utf-8") == text.replace(f"<p>{FERRY}</p>\n", "", 1)
    review.undo()
    assert path.read_text(encoding="utf-8") == text


# --- changed meanwhile, killed, begun again --------------------------------------------------------------------------------


def test_a_file_that_somebody_changed_is_refused(review, story):
    """What was changed since the page was shown is not written: 409, in words, and the page then shows the file of now."""
    form = {**review.form(), "do": "accept"}
    changed = STORY.replace("captain", "skipper")
    story.write_bytes(changed.encode())
    answer = review.post("/do", form)
    assert answer.status_code == 409 and "was changed since" in answer.get_data(as_text=True)
    assert story.read_bytes() == changed.encode()
    assert "skipper" in review.page()
    assert review.do("accept").status_code == 303 and story.read_bytes() == ONCE.replace("captain", "skipper").encode()


def test_a_change_between_reading_and_writing_is_refused(review, story, monkeypatch):
    """Also in the last moment: the writer asks for the digest again, and the journal says that nothing came of it."""
    from cleaner import pipeline

    real = pipeline.alone

    def slow(*given):
        story.write_bytes(STORY.replace("captain", "skipper").encode())
        return real(*given)

    monkeypatch.setattr(pipeline, "alone", slow)
    assert review.do("accept").status_code == 409
    assert b"skipper" in story.read_bytes() and review.session.standing() == []


def test_undo_of_a_file_that_somebody_changed_is_refused(review, story):
    """Taking back is for the bytes that were left; whoever wrote since keeps what was written."""
    review.do("accept")
    story.write_bytes(ONCE.encode() + b"\nA last word.\n")
    answer = review.undo()
    assert answer.status_code == 409 and "was changed since" in answer.get_data(as_text=True)
    assert story.read_bytes() == ONCE.encode() + b"\nA last word.\n"


def test_a_file_that_is_gone_is_named(review, story):
    """A file that was deleted meanwhile is a line on the page, and not an error of ours."""
    form = {**review.form(), "do": "accept"}
    story.unlink()
    assert review.post("/do", form).status_code == 400
    assert "no such file" in review.page() and not review.said


def test_one_press_decides_one_finding(review, story):
    """The same form sent twice, by a double click or a reload, is carried out once."""
    form = {**review.form(), "do": "accept"}
    assert review.post("/do", form).status_code == 303
    assert review.post("/do", form).status_code == 409
    assert story.read_bytes() == ONCE.encode()


def test_a_second_review_goes_on(review, story):
    """What one review did another one shows and takes back."""
    review.do("accept")
    again = Review(review.root, story)
    assert "accepted" in again.page()
    again.undo()
    assert story.read_bytes() == STORY.encode()
    assert "1</strong> left to decide" in review.page()  # the first one hears of it


def rows(root: Path) -> list[dict]:
    return [json.loads(row) for row in (root / "review.jsonl").read_text(encoding="ascii").splitlines()]


def test_killed_between_journal_and_file(review, story):
    """The journal came first and the file did not follow: the action never happened, and can simply be done again."""
    review.do("accept")
    story.write_bytes(STORY.encode())  # as if the process had been killed before the file was written
    again = Review(review.root, story)
    assert again.session.standing() == [] and "1</strong> left to decide" in again.page()
    again.do("accept")
    assert story.read_bytes() == ONCE.encode()
    again.undo()
    assert story.read_bytes() == STORY.encode()


def test_what_never_happened_is_forgotten_before_the_next_line(tmp_path, story):
    """An action that a kill prevented does not come back when what was done before it is taken back."""
    text = STORY + f"\n{SEATS}\n"
    story.write_text(text, encoding="utf-8", newline="")
    review = Review(tmp_path, story)
    review.do("accept")
    one = story.read_bytes()
    review.do("accept")
    story.write_bytes(one)  # as if the process had been killed before the file was written
    again = Review(tmp_path, story)
    assert again.undo().status_code == 303 and story.read_text(encoding="utf-8") == text
    assert again.session.standing() == []


def test_killed_in_the_midst_of_undo(review, story):
    """The journal says that it was taken back, and the file does not: then it still stands, also after more was done."""
    review.do("accept")
    journal = review.root / "review.jsonl"
    journal.write_bytes(journal.read_bytes() + json.dumps({"undo": rows(review.root)[0]["id"]}).encode() + b"\n")
    again = Review(review.root, story)
    assert [each.do for each in again.session.standing()] == ["accept"]
    again.undo()
    assert story.read_bytes() == STORY.encode()


def test_what_was_done_after_a_broken_undo_keeps_what_is_below(tmp_path, story):
    """An undo that never came about is settled before the next action: both can be taken back then."""
    text = STORY + f"\n{SEATS}\n"
    story.write_text(text, encoding="utf-8", newline="")
    review = Review(tmp_path, story)
    review.do("accept")
    one = story.read_bytes()
    journal = tmp_path / "review.jsonl"
    journal.write_bytes(journal.read_bytes() + json.dumps({"undo": rows(tmp_path)[0]["id"]}).encode() + b"\n")
    again = Review(tmp_path, story)
    again.do("accept")
    assert again.undo().status_code == 303 and story.read_bytes() == one
    assert again.undo().status_code == 303 and story.read_text(encoding="utf-8") == text


def test_a_torn_line_costs_itself_only(review, story):
    """A line that a killed process left half written is passed over, and what comes after it is whole."""
    journal = review.root / "review.jsonl"
    journal.write_bytes(b'\x00\xff{"id": 1\n[]\n{"id": "x", "do": ')
    again = Review(review.root, story)
    again.do("accept")
    third = Review(review.root, story)
    assert [each.do for each in third.session.standing()] == ["accept"]
    third.undo()
    assert story.read_bytes() == STORY.encode()


def test_put_back_by_other_means(review, story):
    """Who restores a file with git or by hand has taken back what was done to it; it is found again."""
    review.do("accept")
    story.write_bytes(STORY.encode())
    assert "1</strong> left to decide" in review.page() and review.session.standing() == []


def test_a_foreign_journal_reaches_no_other_file(review, story, tmp_path):
    """A journal that came with the repository names files; only those of this review are ever written."""
    secret = tmp_path / "secret.txt"
    secret.write_text("as it was", encoding="utf-8")
    review.do("accept")
    row = rows(review.root)[0]
    row["place"] = row["file"]["path"] = "secret.txt"
    row["file"] = {**row["file"], "sha256_after": sha256(b"as it was").hexdigest()}
    (review.root / "review.jsonl").write_text(json.dumps(row) + "\n", encoding="ascii")
    again = Review(review.root, story)
    assert again.undo().status_code == 400 and again.undo(row["id"]).status_code == 400
    assert secret.read_text(encoding="utf-8") == "as it was"


def test_the_journal_that_cannot_be_written_stops_the_action(review, story):
    """What could not be taken back is not done."""
    (review.root / "review.jsonl").mkdir()
    assert review.do("accept").status_code == 400
    assert story.read_bytes() == STORY.encode()


# --- many -----------------------------------------------------------------------------------------------------------------


def test_findings_keep_their_names_while_lines_move(tmp_path):
    """What is decided further up moves the lines below; each finding keeps its address, and all are decided in the end."""
    texts = [f"Number {word} of the crew has a cabin of his own with a round window that looks out over the stern." for word in ("one", "two", "three")]
    path = tmp_path / "a.txt"
    body = "\n\n".join(texts)
    path.write_text(f"{body}\n\n{SEATS}\n\n{texts[2]}\n\n{DOGS}\n\n{texts[0]}\n", encoding="utf-8")
    review = Review(tmp_path, path)
    first, second = (item.mark for item in review.session.look(0).items)
    answer = review.do("accept")
    assert answer.headers["Location"] == f"/finding/0/{second}"
    review.do("accept")
    assert path.read_text(encoding="utf-8") == f"{body}\n\n{SEATS}\n\n{DOGS}\n"
    review.undo()
    assert review.undo().headers["Location"] == f"/finding/0/{first}"


def test_the_review_goes_from_file_to_file(tmp_path):
    """After the last finding of a file comes the first one of the next; the list says how many are left in each."""
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text(STORY, encoding="utf-8", newline="")
    review = Review(tmp_path, *(tmp_path / name for name in ("a.md", "b.md", "c.md")))
    for number in (1, 2):
        assert review.do("accept", file=number - 1).headers["Location"].startswith(f"/finding/{number}/")
    review.undo()
    assert review.session.start().file == 1
    assert review.session.beside(review.session.start(), 1).file == 2


def test_decisions_and_edits_of_several_files_are_taken_back_in_any_order(tmp_path):
    """What was done to one file can be taken back while later actions in another one stand."""
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(STORY, encoding="utf-8", newline="")
    review = Review(tmp_path, tmp_path / "a.md", tmp_path / "b.md")
    review.do("accept", file=0)
    review.do("accept", file=1)
    first = review.session.standing()[0]
    assert review.undo(first.id).status_code == 303
    assert (tmp_path / "a.md").read_text(encoding="utf-8") == STORY
    assert (tmp_path / "b.md").read_text(encoding="utf-8") == ONCE


def test_of_two_at_once_one_is_refused(review, story):
    """Two windows decide the same finding at the same moment: one is carried out, the other is told."""
    from concurrent.futures import ThreadPoolExecutor

    form = {**review.form(), "do": "accept"}

    def ask(number: int) -> int:
        client = review.web.test_client()
        client.get("/enter/address", base_url=HOME)
        return client.post("/do", data={**form, "do": ("accept", "other", "edit")[number % 3], "text": "Else."}, base_url=HOME, headers={"Origin": HOME}).status_code

    with ThreadPoolExecutor(6) as pool:
        codes = sorted(pool.map(ask, range(12)))
    assert codes == [303, *[409] * 11]
    review.undo()
    assert story.read_bytes() == STORY.encode()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_killed_at_any_moment(tmp_path):
    """A review that is killed while it works leaves a file of which every action can be taken back, to the first byte."""
    path = tmp_path / "a.txt"
    crew = [f"Sailor {number} of the crew has a cabin with a round window that looks out over the stern at number {number} of the quay." for number in range(30)]
    before = "\n\n".join([*crew, SEATS, *reversed(crew)]) + "\n"
    path.write_text(before, encoding="utf-8", newline="")
    work = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[2])\n"
        "from test_review import Options, Path, Review\n"
        "review = Review(Path(sys.argv[1]), Path(sys.argv[1]) / 'a.txt', options=Options(profile='article', select=('D101',)))\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    for do in ('accept', 'accept', 'other'):\n"
        "        review.session.left(0) and review.do(do)\n"
        "    review.undo()\n"
        "    review.session.left(0) or [review.undo() for _ in range(8)]\n"
    )
    journal = tmp_path / "review.jsonl"
    for wanted in (3, 4, 6, 9, 13, 18):
        size = len(journal.read_bytes().splitlines()) + wanted if journal.exists() else wanted
        process = subprocess.Popen([sys.executable, "-c", work, str(tmp_path), str(Path(__file__).parent)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        while not journal.exists() or len(journal.read_bytes().splitlines()) < size:
            assert process.poll() is None
            time.sleep(0.001)
        process.kill()
        process.wait(timeout=20)
        process.stdout.close()
        review = Review(tmp_path, path, options=Options(profile="article", select=("D101",)))
        assert not review.session.look(0).problem
        standing = review.session.standing()
        assert not standing or standing[-1].after == sha256(path.read_bytes()).hexdigest()
    while review.session.standing():
        assert review.undo().status_code == 303
    assert path.read_text(encoding="utf-8") == before


def test_many_findings_stay_quick(tmp_path):
    """A file with two thousand findings, and as many files: a page and an action take no longer than a person notices."""
    lines = [f"At number {number} of the quay lives the captain of ship {number}, with {number} sorts of rope in his cellar.\n\nIt is the the house {number} with the green door.\n\n" for number in range(2000)]
    path = tmp_path / "big.txt"
    path.write_text("".join(lines), encoding="utf-8")
    others = []
    for number in range(2000):
        others.append(tmp_path / f"{number}.md")
        others[-1].write_text(f"# House\n\nHouse {number} is the the last one.\n", encoding="utf-8")
    review = Review(tmp_path, path, *others, options=Options(profile="article", select=("D121",)))
    for file in range(2001):
        review.session.look(file)
    assert len(review.session.left(0)) == 2000
    review.page()
    began = time.perf_counter()
    page = review.page()
    shown = time.perf_counter() - began
    review.do("reject")
    review.page()
    assert len(page) < 200_000 and shown < 2, shown
    print(f"page {shown:.2f} s, all {time.perf_counter() - began:.2f} s")


ROOT = Path(__file__).resolve().parents[1]
TEXTS = sorted(path for folder in ("seeds", "fixtures") for path in (ROOT / folder).rglob("*") if path.suffix in {".md", ".txt", ".html", ".rst", ".adoc"} and path.stat().st_size < 20_000)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_can_be_taken_back(tmp_path, seed):
    """Random actions on real files, with refusals, undo and new reviews in between: no error of ours, and the first bytes in the end."""
    from random import Random

    dice = Random(seed)
    carried_out = 0
    for path in dice.sample(TEXTS, 6):
        file = tmp_path / path.name
        before = path.read_bytes()
        file.write_bytes(before)
        review = Review(tmp_path, file, options=Options(pedantic=True))
        for _ in range(8):
            if not (left := review.session.left(0)):
                break
            item = dice.choice(left)
            assert review.get(f"/finding/0/{item.mark}").status_code == 200
            form = {"key": "form", "file": "0", "mark": item.mark, "digest": review.session.seen(0).digest, "do": dice.choice(["accept", "accept", "other", "edit", "meant", "duplicate", "reject"])}
            was = file.read_bytes()
            status = review.post("/do", {**form, "text": "Words that somebody typed.", "side": dice.choice(["copy", "keeper"])}).status_code
            assert status in (303, 400) and (status == 303 or file.read_bytes() == was)
            carried_out += status == 303
            if dice.random() < 0.2:
                review.undo()
            if dice.random() < 0.2:
                review = Review(tmp_path, file, options=Options(pedantic=True))
        assert review.said == []
        while review.session.standing():
            assert review.undo().status_code == 303
        assert file.read_bytes() == before and not (tmp_path / "cleaner-decisions.toml").exists()
    assert carried_out


def test_an_error_of_our_own_is_one_line(review, monkeypatch):
    """Law 9 holds for pages: what goes wrong in the program is said in a line, there and on the page."""
    monkeypatch.setattr(Session, "start", lambda self: 1 / 0)
    answer = review.get("/")
    assert answer.status_code == 500 and "please report it" in answer.get_data(as_text=True)
    assert len(review.said) == 1 and "\n" not in review.said[0]


# --- the command ------------------------------------------------------------------------------------------------------------


def run(*given: str, cwd: Path, **more) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "cleaner", "review", "--no-browser", *given], cwd=cwd, capture_output=True, text=True, timeout=60, **more)


def test_without_flask_the_command_says_what_to_install(tmp_path, story):
    """Flask is an extra; without it the one line names the command that brings it."""
    code = "import sys\nsys.modules['flask'] = None\nfrom cleaner.cli import main\nmain(['review', '.'])"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "pip install 'cleaner[review]'" in done.stderr and "Traceback" not in done.stderr


def test_nothing_to_review_ends_at_once(tmp_path):
    """A folder in which nothing is found needs no page."""
    (tmp_path / "a.md").write_text(ONCE, encoding="utf-8")
    done = run(".", cwd=tmp_path)
    assert done.returncode == 0 and "nothing found in 1 file" in done.stderr and done.stdout == ""


def test_usage(tmp_path, story):
    """Standard input cannot be reviewed, and a port that is taken is named with what to do."""
    assert run("-", cwd=tmp_path).returncode == 2
    assert run("missing.md", cwd=tmp_path).returncode == 2
    door = listening(0)
    try:
        done = run("--port", str(door.getsockname()[1]), ".", cwd=tmp_path)
    finally:
        door.close()
    assert done.returncode == 2 and "--port" in done.stderr and "leave it out" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="SIGINT is not for Windows")
def test_the_command_says_what_the_page_shows(tmp_path):
    """docs/review.md shows what the command prints of the seeds, but for the port and the token."""
    import shutil
    import signal

    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    shown = re.search(r"```text\n\$ cleaner (review seeds)\n(.*?)```", (ROOT / "docs" / "review.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    process = subprocess.Popen([sys.executable, "-m", "cleaner", *shown[1].split(), "--no-browser"], cwd=tmp_path, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    try:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
    finally:
        process.kill()
        process.communicate()
    assert re.sub(r":\d+/enter/\S+", ":40123/enter/…", "".join(said)) == shown[2]


@pytest.mark.skipif(os.name == "nt", reason="a script that stands in for a browser, and SIGINT, are not for Windows")
def test_the_browser_is_started_with_an_address_of_its_own(tmp_path, story):
    """What starts in other people's sight works once; what is printed goes on working; Ctrl-C ends it with 130."""
    import signal
    from urllib.error import HTTPError
    from urllib.request import urlopen

    fake = tmp_path / "browser.sh"
    fake.write_text(f'#!/bin/sh\nprintf %s "$1" > "{tmp_path}/opened.tmp" && mv "{tmp_path}/opened.tmp" "{tmp_path}/opened"\n', encoding="utf-8")
    fake.chmod(0o755)
    process = subprocess.Popen([sys.executable, "-m", "cleaner", "review", "--profile", "article", "story.md"], cwd=tmp_path, env={**os.environ, "BROWSER": f"{fake} %s"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        printed = next(row.strip() for row in process.stderr if row.startswith("http://127.0.0.1:"))
        end = time.monotonic() + 20
        while not (tmp_path / "opened").exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        opened = (tmp_path / "opened").read_text(encoding="utf-8")
        assert opened != printed and opened.rpartition("/")[0] == printed.rpartition("/")[0]
        assert urlopen(opened).status == 200
        with pytest.raises(HTTPError, match="403"):
            urlopen(opened)
        assert urlopen(printed).status == urlopen(printed).status == 200
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert process.returncode == 130 and out == "" and err == ""
    finally:
        process.kill()
        process.communicate()
